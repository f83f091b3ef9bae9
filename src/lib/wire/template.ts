// Owns compiling a text with placeholders to a writer of bytes. Knows no protocol. Start at compileTemplate.

import { build, Code } from './emit.ts'
import * as text from './text.ts'

/** What a placeholder writes, given its expression. `v`, `p` and `out` are in scope. */
const placeholders: Readonly<Record<string, (expression: string) => string>> = {
  u32: (x) =>
    `n=${x};if(n<${text.SHORT}){v.setUint32(p,text.shortDigits[n],true);p+=text.shortLength[n];}else p=text.writeU32(v,p,n|0);`,
  nanoseconds: (x) => `p=text.writeNanoseconds(v,p,${x});`,
  /** A call that takes `(v, p, ...)` and gives the new position. */
  put: (x) => `p=${x};`,
}

/**
 * Compiles `"a":<u32 w.sequence>,"b":<put writeAgent(v,p,w)>` to a function that appends it to `out`. Only constants of
 * the program may be templates: the expressions become code.
 * @param parameters names of the function's parameters, `out` (TextBuffer) among them
 * @param scope functions that expressions call, by name
 */
export function compileTemplate<T>(
  parameters: string,
  template: string,
  scope: Readonly<Record<string, unknown>> = {},
): T {
  const code = new Code()
  code.constants.set('text', text)
  for (const [name, value] of Object.entries(scope)) code.constants.set(name, value)
  code.line('const v=out.view;let p=out.length,n=0;')
  for (const part of template.split(/(<\w+ [^>]*>)/)) {
    const match = /^<(\w+) ([^>]*)>$/.exec(part)
    if (match === null) {
      if (part !== '') code.line(text.literalCode(part))
      continue
    }
    const emit = placeholders[match[1]!]
    if (emit === undefined) throw new RangeError(`no placeholder ${match[1]}`)
    code.line(emit(match[2]!))
  }
  code.line('out.length=p;')
  return build<T>(code, parameters, 'template')
}
