#!/usr/bin/env bash
# Makes what `npm run test:vm` boots: Debian's own cloud kernels, by apt, and one disk image with Node, this project's build and
# its guest tests. Needs root (apt-get install of qemu 10 and of what makes the image), and Debian's archive as the machine's own
# sources name it; they are left alone, since apt gets a folder of its own here.
#
#   bash scripts/vm/prepare.sh FOLDER
#
# Writes FOLDER/image.ext4 and FOLDER/kernels.txt: `ROW<TAB>RELEASE<TAB>VMLINUZ` a kernel, `SKIPPED<TAB>ROW<TAB>REASON` for one
# that was not to be had. Ends with 3, and a reason as last line, where nothing at all can be booted on this machine.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,deb,kernel}
folder=$(cd "$folder" && pwd)

cannot() { echo "$1"; exit 3; }
[ "$(uname -m)" = x86_64 ] || cannot "the kernels are for x86_64, this is $(uname -m)"
[ "$(id -u)" -eq 0 ] || cannot 'not root'
command -v apt-get >/dev/null || cannot 'no apt-get'
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || cannot "no $keyring"

# The archives that this machine uses, in either form of apt's lists.
uris() {
  cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '/^URIs:/ { print $2 }'
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; break } }'
}
archive=$(uris | grep -E '/debian/?$' | head -1 || true)
security=$(uris | grep -E '/debian-security/?$' | head -1 || true)
[ -n "$archive" ] || cannot "apt's sources name no Debian archive"

{
  for suite in bookworm bookworm-backports trixie-backports; do echo "deb [signed-by=$keyring] $archive $suite main"; done
  [ -z "$security" ] || echo "deb [signed-by=$keyring] $security bookworm-security main"
} >"$folder/apt/sources.list"
cat >"$folder/apt/apt.conf" <<EOF
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "root";
EOF
export APT_CONFIG=$folder/apt/apt.conf DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null >"$folder/apt/log" 2>&1 || echo "apt-get update: some lists are missing"

install() { apt-get install -y -qq --no-install-recommends "$@" </dev/null >>"$folder/apt/log" 2>&1; }
# QEMU before 10 crashes 6.12 at boot under TCG.
major=$(qemu-system-x86_64 --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p' | head -1 || true)
if [ "${major:-0}" -lt 10 ]; then install -t bookworm-backports qemu-system-x86 || cannot 'qemu-system-x86 10 could not be installed'; fi
install e2fsprogs kmod xz-utils iproute2 nftables ethtool iputils-ping || cannot "e2fsprogs, kmod, iproute2, nftables could not be installed"

fetch() { (cd "$folder/deb" && apt-get download -qq "$1" </dev/null >>"$folder/apt/log" 2>&1 && ls -t "${1%%/*}"_*.deb | head -1); }
unpack() { dpkg -x "$folder/deb/$1" "$2"; }

: >"$folder/kernels.txt"
# row SUITE: the newest cloud kernel of a suite. Names move with each update: the metapackage says what it is today.
row() {
  local name=$1 suite=$2 image release tree=$folder/kernel/$1 deb
  image=$(apt-cache show "linux-image-cloud-amd64/$suite" 2>/dev/null | sed -n 's/^Depends:.*\(linux-image-[^ ,]*\).*/\1/p' | head -1)
  if [ -z "$image" ]; then printf 'SKIPPED\t%s\t%s has no cloud kernel\n' "$name" "$suite" >>"$folder/kernels.txt"; return; fi
  release=${image#linux-image-}
  if [ ! -e "$tree/$release" ]; then
    rm -rf "$tree" && mkdir -p "$tree"
    # From 7.x on the image package is empty, and depends on these two.
    for part in "linux-binary-$release linux-modules-$release" "$image"; do
      for package in $part; do
        deb=$(fetch "$package") || continue 2
        unpack "$deb" "$tree" && rm -f "$folder/deb/$deb"
      done
      break
    done
    touch "$tree/$release"
  fi
  local vmlinuz
  vmlinuz=$(find "$tree" -name 'vmlinuz*' -type f | head -1)
  if [ -z "$vmlinuz" ]; then printf 'SKIPPED\t%s\t%s has no vmlinuz\n' "$name" "$image" >>"$folder/kernels.txt"; return; fi
  printf '%s\t%s\t%s\n' "$name" "$release" "$vmlinuz" >>"$folder/kernels.txt"
}
row 6.1 bookworm-security
row 6.12 bookworm-backports
row newest trixie-backports

# --- the disk: one for all kernels, only modules differ
root=$folder/root
rm -rf "$root"
mkdir -p "$root"/{bin,sbin,proc,sys,dev,tmp,run,root,etc,lib64,lib/x86_64-linux-gnu,lib/modules,usr,sonde,var}
ln -s ../lib "$root/usr/lib" && ln -s ../bin "$root/usr/bin" && ln -s ../bin "$root/usr/sbin" && ln -s ../run "$root/var/run"
if [ ! -x "$folder/busybox" ]; then
  deb=$(fetch busybox-static) || cannot 'busybox-static could not be fetched'
  unpack "$deb" "$folder/busybox.d" && cp "$(find "$folder/busybox.d" -path "*/bin/busybox" -type f | head -1)" "$folder/busybox"
fi
cp "$folder/busybox" "$root/bin/busybox"
for applet in sh cat ls mount mkdir sleep kill uname grep id; do ln -s busybox "$root/bin/$applet"; done

programs=()
for program in ip nft ethtool ping; do programs+=("$(command -v "$program")"); done
programs+=("$project/node_modules/node/bin/node")
koffi=$project/node_modules/@koromix/koffi-linux-x64
libraries=$(for file in "${programs[@]}" "$koffi"/linux_x64/*.node; do ldd "$file"; done | grep -o '/[^ ]*\.so[^ ]*' | sort -u)
for file in "${programs[@]}"; do cp -L "$file" "$root/bin/"; done
for file in $libraries; do cp -L "$file" "$root/lib/x86_64-linux-gnu/"; done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
printf '127.0.0.1 localhost\n' >"$root/etc/hosts"

mkdir -p "$root/sonde/node_modules/@koromix" "$root/sonde/test/vm"
cp -r "$project"/{bin,dist,package.json,oclif.manifest.json} "$root/sonde/"
cp -r "$project/node_modules/koffi" "$root/sonde/node_modules/"
mkdir -p "$root/sonde/node_modules/@koromix/koffi-linux-x64"
cp -r "$koffi"/{package.json,index.js,linux_x64} "$root/sonde/node_modules/@koromix/koffi-linux-x64/" 2>/dev/null || cp -r "$koffi"/{package.json,linux_x64} "$root/sonde/node_modules/@koromix/koffi-linux-x64/"
# The guest tests run on the sources of the library too: Node takes the types off.
mkdir -p "$root/sonde/src" && cp -r "$project"/src/{lib,bpf} "$root/sonde/src/"
cp -r "$project/test/vm/guest" "$root/sonde/test/vm/guest"
mkdir -p "$root/sonde/test/helpers" && cp "$project"/test/helpers/{filter-verifier,filter-packets,filter-programs,classic-machine}.ts "$root/sonde/test/helpers/"
cp "$project/scripts/vm/init" "$root/init" && chmod +x "$root/init"

# Modules that the guest tests need, unpacked, in an order in which insmod takes them.
wanted='veth dummy nf_tables nft_reject_inet nft_ct sch_ingress cls_bpf'
while IFS=$'\t' read -r name release _; do
  [ "$name" != SKIPPED ] || continue
  source=$(find "$folder/kernel/$name" -path "*/modules/$release" -type d | head -1)
  base=${source%/lib/modules/*}
  depmod -b "$base" "$release" 2>/dev/null || true
  mkdir -p "$root/lib/modules/$release"
  : >"$root/lib/modules/$release/order"
  for module in $wanted; do
    modprobe -d "$base" -S "$release" --show-depends "$module" 2>/dev/null | awk '$1 == "insmod" { print $2 }' | while read -r file; do
      short=$(basename "${file%.xz}")
      [ ! -e "$root/lib/modules/$release/$short" ] || continue
      case $file in *.xz) xz -dc "$file" >"$root/lib/modules/$release/$short" ;; *) cp "$file" "$root/lib/modules/$release/$short" ;; esac
      echo "$short" >>"$root/lib/modules/$release/order"
    done
  done
done <"$folder/kernels.txt"

size=$(($(du -sm "$root" | cut -f1) + 60))
rm -f "$folder/image.ext4"
truncate -s "${size}M" "$folder/image.ext4"
mke2fs -q -t ext4 -O ^has_journal -d "$root" "$folder/image.ext4"
rm -rf "$root"
grep -qv '^SKIPPED' "$folder/kernels.txt" || cannot 'no kernel could be fetched'
cat "$folder/kernels.txt"
