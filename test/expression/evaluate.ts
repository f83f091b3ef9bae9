// Evaluates expressions on samples of one datagram, for the tests of the flow language.

import type { SampleView } from '../../src/lib/attributes/context.ts'
import { Scope } from '../../src/lib/attributes/scope.ts'
import { asText } from '../../src/lib/expression/as-text.ts'
import type { LanguageData } from '../../src/lib/expression/data.ts'
import { compileFilter, emitKey, noData, parseFilter, parseKeys } from '../../src/lib/expression/expression.ts'
import type { Datagram, Sample } from '../../src/lib/sflow/datagram.ts'
import { build } from '../../src/lib/wire/emit.ts'
import type { TextBuffer } from '../../src/lib/wire/text.ts'
import { OneDatagram } from '../attributes/build.ts'

/** The first key of the text as a function from a sample to text, null where it is missing. */
export function compileKey(key: string, data: LanguageData): (view: SampleView) => string | null {
  const scope = new Scope()
  const { bytes, at, length } = asText(scope, emitKey(scope, parseKeys(key, '--keys')[0]!, data))
  for (const line of scope.lines()) scope.code.line(line)
  const decoder = scope.code.constant('D', new TextDecoder())
  scope.code.line(`return ${length}<0?null:${decoder}.decode(${bytes}.subarray(${at},${at}+${length}));`)
  return build(scope.code, 'x', 'key')
}

/** What `ask` gives for each sample of a datagram. */
export function each<T>(samples: Sample[], ask: (view: SampleView) => T, agent?: Datagram['agent']): T[] {
  const found: T[] = []
  const sample = (view: SampleView, _out: TextBuffer) => {
    found.push(ask(view))
    return true
  }
  new OneDatagram(samples, agent).rows({ header: '', sample })
  return found
}

/** Text of a key of one sample, null where it is missing. */
export function textOf(sample: Sample, key: string, data: LanguageData = noData): string | null {
  return each([sample], compileKey(key, data))[0]!
}

export function passes(sample: Sample, filter: string, data: LanguageData = noData): boolean {
  return each([sample], compileFilter(parseFilter(filter, '--filter'), data))[0]!
}
