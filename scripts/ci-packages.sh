#!/usr/bin/env bash
# Installs what the system tests use beside Node, where it is missing: as root, with apt. Says what it could not install; the
# tests that need it then skip and say so. Always ends with 0.
set -u

# command:package
wanted='tshark:tshark nft:nftables ip:iproute2 ethtool:ethtool iperf3:iperf3 vtysh:frr clang-19:clang-19 llvm-strip-19:llvm-19 jq:jq tmux:tmux script:bsdutils python3:python3 zstd:zstd gzip:gzip cc:build-essential promtool:prometheus influxd:influxdb victoria-metrics:victoria-metrics'

missing=()
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
done
[ ${#missing[@]} -eq 0 ] && { echo 'all system packages are there'; exit 0; }

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed (no root or no apt-get): ${missing[*]}"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null >/dev/null 2>&1 || echo 'apt-get update failed; trying with the old lists'
for package in "${missing[@]}"; do
  if apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null 2>&1; then
    echo "installed $package"
  else
    echo "could not install $package"
  fi
done
# The objects in the kernel are compared byte for byte with clang-19's; with an older one only what they mean is.
command -v clang-19 >/dev/null 2>&1 || apt-get install -y -qq --no-install-recommends clang-14 llvm-14 </dev/null >/dev/null 2>&1 || true
exit 0
