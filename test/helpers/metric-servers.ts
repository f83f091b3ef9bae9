// Real servers that take metrics, from Debian's packages, each on a free port of loopback with its data in a folder of its own.
// Whoever starts one stops it.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface MetricServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  stop(): Promise<void>
}

/** Why a test that needs the program is skipped; false where it is there. */
export function absent(program: 'prometheus' | 'promtool' | 'influxd' | 'victoria-metrics'): string | false {
  return spawnSync(program, ['--help']).error ? `the program \`${program}\` is not there` : false
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** With its receiver of remote write. @param config YAML; nothing is scraped by default */
export async function startPrometheus(config = 'scrape_configs: []\n', port?: number): Promise<MetricServer> {
  return start(port ?? (await freePort()), '/-/ready', (address, folder) => {
    writeFileSync(join(folder, 'prometheus.yml'), config)
    return [
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ]
  })
}

export async function startVictoriaMetrics(): Promise<MetricServer> {
  return start(await freePort(), '/health', (address, folder) => [
    'victoria-metrics',
    `-httpListenAddr=${address}`,
    `-storageDataPath=${join(folder, 'data')}`,
    '-retentionPeriod=100y',
    '-loggerLevel=ERROR',
  ])
}

/** InfluxDB 1. @param auth whether it asks for a login once there is a user */
export async function startInfluxdb(auth: boolean): Promise<MetricServer> {
  const rpc = await freePort()
  return start(await freePort(), '/ping', (address, folder) => {
    const config = `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "${address}"
  auth-enabled = ${auth}
  log-enabled = false
[logging]
  level = "error"
`
    writeFileSync(join(folder, 'influxdb.conf'), config)
    return ['influxd', 'run', '-config', join(folder, 'influxdb.conf')]
  })
}

async function start(
  port: number,
  readyPath: string,
  command: (address: string, folder: string) => readonly string[],
): Promise<MetricServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-server-'))
  const address = `127.0.0.1:${port}`
  const [program, ...args] = command(address, folder)
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (block) => (said += block))
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const server = {
    url: `http://${address}`,
    async stop(): Promise<void> {
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(hard)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (child.exitCode !== null) break
    const ready = await fetch(server.url + readyPath).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return server
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await server.stop()
  throw new Error(`${program} did not start: ${said.slice(-2000)}`)
}
