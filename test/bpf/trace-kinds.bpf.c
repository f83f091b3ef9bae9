/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* For the loader's tests: programs whose place is chosen as they are loaded, a function whose body is, and what they share. */
#include "sonde.bpf.h"

#define BYTES 128


/* The cookie of those that the kernel gives none. */
const volatile u64 own_cookie = 0;
/* So many bytes of the value are there. */
const volatile u32 captured = BYTES;
/* Runs, and cookies added up. */
u64 runs = 0;
u64 cookies = 0;

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, 1);
	MAP_UINT(key_size, 4);
	MAP_UINT(value_size, BYTES);
} memory SEC(".maps");

INLINE int note(u64 cookie)
{
	__sync_fetch_and_add(&runs, 1);
	__sync_fetch_and_add(&cookies, cookie);
	return 0;
}

/* The loader puts other instructions in its place; until then it lets all pass. */
static __attribute__((noinline)) int judge(const u8 *bytes, u32 there, u32 length)
{
	return bpf_get_prandom_u32() | there | length | bytes[0] | 1;
}

SEC("tc")
int ask(void *skb)
{
	u32 key = 0;
	u8 *bytes = bpf_map_lookup_elem(&memory, &key);
	(void)skb;
	if (!bytes)
		return -1;
	u32 there = captured;
	if (there > BYTES)
		there = BYTES;
	/* Clang would write a constant into the function, where another body does not find it. */
	u32 length = 1500;
	OPAQUE(length);
	note(0);
	return judge(bytes, there, length);
}

SEC("kprobe.multi")
int by_kprobe_multi(void *registers)
{
	return note(bpf_get_attach_cookie(registers));
}

SEC("kprobe")
int by_kprobe(void *registers)
{
	return note(bpf_get_attach_cookie(registers));
}

SEC("fentry")
int by_fentry(u64 *arguments)
{
	(void)arguments;
	return note(own_cookie);
}

SEC("tp_btf")
int by_tracepoint(u64 *arguments)
{
	(void)arguments;
	return note(own_cookie);
}

char licence[] SEC("license") = "Dual MIT/GPL";
