/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns where the arguments of a function are: registers of a kprobe, or what the kernel hands to a program. */
#pragma once
#include "sonde.bpf.h"

/* Registers of a kprobe: those of arm64 instead of those of x86_64. */
const volatile u32 is_arm64 = 0;

#define LOAD(to, from, offset) asm volatile("%0 = *(u64 *)(%1 + " #offset ")" : "=r"(to) : "r"(from))

/* The argument at a position of a function, as the kernel hands it to a program of its own kind (the verifier allows constant places only). */
INLINE u64 argument_of(void *ctx, u32 position)
{
	u64 value = 0;
	switch (position) {
	case 0: LOAD(value, ctx, 0); break;
	case 1: LOAD(value, ctx, 8); break;
	case 2: LOAD(value, ctx, 16); break;
	case 3: LOAD(value, ctx, 24); break;
	case 4: LOAD(value, ctx, 32); break;
	case 5: LOAD(value, ctx, 40); break;
	}
	return value;
}

/* The same in the registers of a kprobe. Those of arm64 lie one behind the other, too. */
INLINE u64 register_of(void *ctx, u32 position)
{
	u64 value = 0;
	if (is_arm64)
		return argument_of(ctx, position);
	switch (position) {
	case 0: LOAD(value, ctx, 112); break;
	case 1: LOAD(value, ctx, 104); break;
	case 2: LOAD(value, ctx, 96); break;
	case 3: LOAD(value, ctx, 88); break;
	case 4: LOAD(value, ctx, 72); break;
	case 5: LOAD(value, ctx, 64); break;
	}
	return value;
}

/* Address that the function returns to: at its beginning it lies where the stack ends, or in the link register. */
INLINE u64 return_address(void *ctx)
{
	u64 value = 0;
	if (is_arm64) {
		LOAD(value, ctx, 240);
	} else {
		u64 stack = 0;
		LOAD(stack, ctx, 152);
		bpf_probe_read_kernel(&value, sizeof(value), (void *)stack);
	}
	return value;
}
