// Owns the functions of interfaces: node, ifname, link. Start at portFunctions.

import { INTERNAL, INTERNAL_EXPANDED } from '../../sflow/interface.ts'
import { GrowingLabels } from '../constant.ts'
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
      return { form: 'label', value: scope.local(`${isPort}?${find}.find(w,${number}):-1`), labels }
    },
  }
}

export const portFunctions: readonly KeyFunction[] = [
  portFunction('node', 'the name of the node whose agent sampled, in the topology or as it tells', 'leaf1'),
  portFunction(
    'ifname',
    'the name of the port, in the topology or as the agent tells; missing where it is not known',
    'swp1',
  ),
  portFunction(
    'link',
    'the link between two switches on that port; missing at the edge: link:inputifindex=null',
    'leaf1-spine1',
  ),
]
