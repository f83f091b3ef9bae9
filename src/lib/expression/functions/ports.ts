// Owns the functions of interfaces: node, ifname, link. Start at portFunctions.

import type { PortNames, Value } from '../../attributes/attribute.ts'
import { findAttribute } from '../../attributes/find.ts'
import { INTERNAL, INTERNAL_EXPANDED } from '../../sflow/interface.ts'
import { addressText } from '../../wire/address-text.ts'
import { GrowingLabels } from '../constant.ts'
import type { PortDirectory } from '../data.ts'
import { PortFinder, type PortQuestion } from '../find-port.ts'
import { asNumber } from '../numeric.ts'
import type { KeyFunction, Parameter } from '../syntax.ts'

const anInterface: Parameter = {
  name: 'interface',
  kind: 'expression',
  accepts: ['interface', 'source', 'number'],
  needs: 'an interface, such as inputifindex',
}

function portFunction(name: PortQuestion, doc: string, gives: string): KeyFunction {
  return {
    name,
    family: 'ports',
    parameters: [anInterface],
    doc,
    example: `${name}:inputifindex`,
    gives,
    flag: '--topology FILE',
    emit(call) {
      const { scope, data } = call
      const ports = data?.ports
      if (data !== undefined && ports === undefined) return call.lacking('a topology')
      const { number, here } = asNumber(scope, call.value(0))
      const labels = new GrowingLabels()
      const find = scope.code.constant('G', new PortFinder(ports, name, labels))
      const isPort = `${here}&&${number}>0&&${number}!==${INTERNAL}&&${number}!==${INTERNAL_EXPANDED}`
      const label = scope.local(`${isPort}?${find}.find(w,${number}):-1`)
      if (name === 'link') return { form: 'label', value: label, labels }
      const index = scope.local(`${isPort}?${name === 'node' ? 0 : number}:-1`)
      const otherwise: Value =
        name === 'node' ? findAttribute('agent').attribute.emit(scope, 0) : { form: 'number', value: index }
      return { form: 'port', index, label, labels, names: namesOf(ports, name), otherwise }
    },
  }
}

/** Names as they are known when they are asked for. */
function namesOf(ports: PortDirectory | undefined, name: 'node' | 'ifname'): PortNames {
  return {
    text(agent, ifIndex) {
      const otherwise = name === 'node' ? (addressText(agent, 0) ?? '') : String(ifIndex)
      return ports?.[name](agent, ifIndex) ?? otherwise
    },
  }
}

export const portFunctions: readonly KeyFunction[] = [
  portFunction(
    'node',
    'the name of the node whose agent sampled, in the topology or as it tells; the agent’s address where it is not known',
    'leaf1',
  ),
  portFunction(
    'ifname',
    'the name of the port, in the topology or as the agent tells; its ifIndex where it is not known',
    'swp1',
  ),
  portFunction(
    'link',
    'the link between two switches on that port; missing at the edge: link:inputifindex=null',
    'leaf1-spine1',
  ),
]
