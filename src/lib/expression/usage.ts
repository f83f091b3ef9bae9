// Owns how a function's call is shown: `range:x:from[:to]`. Start at usage.

import type { KeyFunction } from './syntax.ts'

export function usage({ name, parameters }: KeyFunction): string {
  const shown = parameters.map((parameter) => {
    const word = `:${parameter.name.toUpperCase().replaceAll(' ', '-')}${parameter.repeated === true ? '...' : ''}`
    return parameter.optional === true ? `[${word}]` : word
  })
  return name + shown.join('')
}
