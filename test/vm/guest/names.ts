// The names of the guest's tests: the host asks for each, so that one that never ran counts as failed.

export const guestTests = ['doctor'] as const
export type GuestTest = (typeof guestTests)[number]
