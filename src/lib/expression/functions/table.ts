// Owns the one table of key functions. Start at keyFunctions.

import type { KeyFunction } from '../syntax.ts'
import { addressFunctions } from './addresses.ts'
import { lookupFunctions } from './lookups.ts'
import { missingFunctions } from './missing.ts'
import { numberFunctions } from './numbers.ts'
import { portFunctions } from './ports.ts'
import { textFunctions } from './text.ts'

/** Every key function, in order of family. */
export const keyFunctions: readonly KeyFunction[] = [
  ...missingFunctions,
  ...numberFunctions,
  ...textFunctions,
  ...addressFunctions,
  ...lookupFunctions,
  ...portFunctions,
]

export const functionsByName: ReadonlyMap<string, KeyFunction> = new Map(keyFunctions.map((one) => [one.name, one]))
