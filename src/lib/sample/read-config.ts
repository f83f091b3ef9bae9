// Owns reading a file as hsflowd.conf. Start at readConfig; what it means is in config.ts.

import { readUserFile } from '../expression/data/load.ts'
import { type HsflowdConfig, parseHsflowdConfig } from './config.ts'

/** @throws InputError where it can't be read, or has a line that can't be */
export async function readConfig(path: string): Promise<HsflowdConfig> {
  const bytes = await readUserFile(path, '--config')
  return parseHsflowdConfig(new TextDecoder().decode(bytes), path)
}
