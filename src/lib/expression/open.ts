// Owns what a command loads of the language at once, when an expression is given: one module, since each that is loaded
// apart costs a start half a millisecond. Nothing else is here.

export { loadLanguageData, readUserFile } from './data/load.ts'
export { compileFilter, parseFilter } from './expression.ts'
