// Owns the key under which features remember ports: the address of the agent, without its sub-agent, and an ifIndex. See
// agents.ts for the folder. Start at probePort.

import type { AgentTable } from './agents.ts'
import { AGENT_KEY } from './columns.ts'
import type { Slots } from './slots.ts'

/** Words of a port's key: the agent's address, its ifIndex. Sub-agents of one address share its ports. */
export const PORT_KEY = 5

/** Makes the port the one that `slots` looks for. @param agent slot of its agent @param slots of keys of PORT_KEY words */
export function probePort({ probe }: Slots, { agents: { keys } }: AgentTable, agent: number, ifIndex: number): void {
  const at = agent * AGENT_KEY
  probe[0] = keys[at]!
  probe[1] = keys[at + 1]!
  probe[2] = keys[at + 2]!
  probe[3] = keys[at + 3]!
  probe[4] = ifIndex
}
