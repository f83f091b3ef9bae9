/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* For the tests of fields (meta-path.ts) and of functions with a buffer (skb-functions.ts): types as a kernel might have them. */
#include "sonde.bpf.h"

/* Only their types count. */
#pragma clang diagnostic ignored "-Wunused-parameter"

typedef u16 __be16;
typedef u32 __be32;

struct far;
struct hidden {
	u32 wide[3];
};
typedef struct {
	const struct hidden *net;
} possible_net_t;

struct net_device {
	u64 state;
	s32 ifindex;
	u32 mtu;
	char name[16];
	possible_net_t nd_net;
};

enum sign { MINUS = -1, PLUS = 1 };
enum plain { NONE, ONE };
enum skb_drop_reason { SKB_NOT_DROPPED_YET, SKB_CONSUMED };

struct sk_buff {
	union {
		struct {
			struct sk_buff *next;
			struct sk_buff *prev;
			union {
				struct net_device *dev;
				u64 dev_scratch;
			};
		};
		u64 list[4];
	};
	u8 cb[5];
	u8 low : 3;
	u8 high : 2;
	s32 crossing : 20;
	u32 behind : 12;
	__be16 protocol;
	volatile __be32 address;
	enum sign sign;
	enum plain plain;
	void *nothing;
	struct far *far;
	u8 *data;
	u32 (*destructor)(struct sk_buff *);
	_Bool cloned;
};

struct word {
	u64 a;
};

struct sk_buff buffer;

#define FUNCTION static __attribute__((noinline)) int
#define BODY { return bpf_get_prandom_u32(); }
FUNCTION first(struct sk_buff *skb) BODY
FUNCTION third_and_reason(void *a, u32 b, const struct sk_buff *skb, enum skb_drop_reason reason) BODY
FUNCTION second_behind_reason(enum skb_drop_reason reason, struct sk_buff *skb) BODY
FUNCTION of_two(struct sk_buff *a, struct sk_buff *b) BODY
FUNCTION of_pointer(struct sk_buff **skb) BODY
FUNCTION behind_word(struct word w, struct sk_buff *skb) BODY
FUNCTION skb_release_data(struct sk_buff *skb, enum skb_drop_reason reason) BODY
FUNCTION none_at_all(struct net_device *device) BODY
/* What the kernel makes for a tracepoint. */
FUNCTION __traceiter_first(void *data, struct sk_buff *skb) BODY
typedef void (*btf_trace_queue)(void *, struct sk_buff *, void *, enum skb_drop_reason);
typedef void (*btf_trace_other)(void *, struct net_device *);
typedef void (*no_trace)(void *, struct sk_buff *);
btf_trace_queue queue_type;
btf_trace_other other_type;
no_trace no_type;

SEC("tc")
int uses(void *context)
{
	struct word word = {1};
	return first(context) + third_and_reason(0, 1, context, 0) + second_behind_reason(0, context) + of_two(context, context) +
	       of_pointer(0) + behind_word(word, context) + skb_release_data(context, 0) + none_at_all(0) + __traceiter_first(0, context) + buffer.low +
	       !queue_type + !other_type + !no_type;
}

char licence[] SEC("license") = "Dual MIT/GPL";
