/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns what sonde's programs for the kernel share: types, names of sections, the few helpers, maps. Nothing of it is taken from
 * headers of a system, so that the objects come out alike wherever they are built. Numbers are those of linux/bpf.h, which never change. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
#define UNLIKELY(truth) __builtin_expect(!!(truth), 0)
/** Makes clang forget where a number came from, so that it emits the bound that follows where the verifier can see it. */
#define OPAQUE(number) asm volatile("" : "+r"(number))

/* Declarations of maps: the loader reads them from the types. */
#define MAP_UINT(name, value) int(*name)[value]
#define MAP_TYPE(name, value) typeof(value) *name

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_LRU_HASH 9
#define BPF_MAP_TYPE_RINGBUF 27

/** Whoever reads the ring looks by itself: waking it costs more than the sample. */
#define BPF_RB_NO_WAKEUP 1
/** bpf_map_update_elem: whether the key is there or not. */
#define BPF_ANY 0

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static u64 (*bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*bpf_get_prandom_u32)(void) = (void *)7;
static u32 (*bpf_get_smp_processor_id)(void) = (void *)8;
static u64 (*bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*bpf_get_current_comm)(void *to, u32 bytes) = (void *)16;
static long (*bpf_skb_load_bytes)(const void *skb, u32 offset, void *to, u32 bytes) = (void *)26;
static long (*bpf_get_stack)(void *ctx, void *to, u32 bytes, u64 flags) = (void *)67;
static long (*bpf_skb_load_bytes_relative)(const void *skb, u32 offset, void *to, u32 bytes, u32 start) = (void *)68;
static long (*bpf_fib_lookup)(void *ctx, void *params, int bytes, u32 flags) = (void *)69;
static long (*bpf_probe_read_kernel)(void *to, u32 bytes, const void *from) = (void *)113;
static void *(*bpf_ringbuf_reserve)(void *ring, u64 bytes, u64 flags) = (void *)131;
static void (*bpf_ringbuf_submit)(void *record, u64 flags) = (void *)132;
static void (*bpf_ringbuf_discard)(void *record, u64 flags) = (void *)133;
static u64 (*bpf_get_attach_cookie)(void *ctx) = (void *)174;
