// Owns `npm run soak`: sonde listen for ten minutes under loss, reordering, duplicates, restarts and garbage. Its account of
// loss must be the injector's own, to the datagram, and its memory flat. Ends with 1 where one is not.
//
//   node --import tsx test/soak/soak.ts [--seconds 600] [--rate 5000] [--agents 50] [--seed 1]

import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Random } from '../bench/random.ts'
import { garbage } from '../helpers/garbage.ts'
import { Listener, PatientSender } from '../helpers/listener.ts'
import { Injector, type Truth } from './injector.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '5000' },
    agents: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
})
const seconds = Number(values.seconds)
const rate = Number(values.rate)
const random = new Random(Number(values.seed))

const TICK_MS = 5
/** Of all datagrams sent. */
const GARBAGE = 0.05
/** A restart for each agent and half a minute, or two in a shorter soak, where each life is long enough. */
const restart = Number(values.agents) / rate / Math.min(30, seconds / 2)
const troubles = { loss: 0.01, burst: 0.0005, reorder: 0.02, duplicate: 0.01, restart }

/** Lines of RSS that are printed. */
const LOOKS = 20
/** The memory is flat if the median of its last quarter is at most this much above that of its second quarter. */
const MOST_GROWTH_BYTES = 16 << 20
const MIB = 1 << 20

const say = (line: string) => process.stdout.write(`${line}\n`)

/** Memory over time, printed as it is looked at. */
class Memory {
  readonly #listener: Listener
  readonly #bytes: number[] = []
  readonly #start = performance.now()

  constructor(listener: Listener) {
    this.#listener = listener
  }

  look(sent: number): void {
    const now = (performance.now() - this.#start) / 1000
    if (now < ((this.#bytes.length + 1) * seconds) / LOOKS) return
    this.#bytes.push(this.#listener.rss())
    say(`${now.toFixed(0).padStart(5)} s  ${(this.#bytes.at(-1)! / MIB).toFixed(1).padStart(7)} MiB  ${sent} sent`)
  }

  /** Growth from the second quarter to the last one. */
  growth(): number {
    const part = (from: number, to: number) => {
      const bytes = this.#bytes.slice(Math.floor(this.#bytes.length * from), Math.ceil(this.#bytes.length * to))
      return bytes.sort((a, b) => a - b)[bytes.length >> 1] ?? 0
    }
    return part(0.75, 1) - part(0.25, 0.5)
  }
}

/** Sends for the time; gives the truth and how much garbage was with it. */
async function inject(listener: Listener, memory: Memory): Promise<{ truth: Truth; bad: number }> {
  const sender = await PatientSender.open(listener.port)
  const injector = new Injector(Number(values.agents), random, troubles, performance.now())
  const junk = garbage(Number(values.seed))
  let bad = 0
  let sent = 0
  const start = performance.now()
  for (let tick = 0; performance.now() - start < seconds * 1000; tick++) {
    const late = performance.now() - start - tick * TICK_MS
    // Where the machine stood still, what was missed is not made up for.
    if (late > 1000) tick += Math.floor(late / TICK_MS)
    else if (late < 0) await pause(-late)
    for (let i = 0; i < (rate * TICK_MS) / 1000; i++) {
      const datagrams = injector.step(performance.now())
      if (random.unit() < GARBAGE) {
        await sender.send(junk.next().value!)
        bad++
      }
      for (const datagram of datagrams) await sender.send(datagram)
      sent += datagrams.length
    }
    await sender.flush()
    memory.look(sent)
  }
  for (const datagram of injector.rest()) await sender.send(datagram)
  await sender.close()
  return { truth: injector.conclude(), bad }
}

const numberOf = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN)

async function main(): Promise<number> {
  const listener = await Listener.start(['-f', 'ndjson'], { keepOutput: false })
  const memory = new Memory(listener)
  say(`${seconds} s at ${rate} datagrams a second of ${values.agents} agents, seed ${values.seed}`)
  const { truth, bad } = await inject(listener, memory)
  await listener.read()
  const { stderr, code } = await listener.stop()
  const { sent, lost, dropped, reordered, duplicates, lives } = truth
  say(
    `sent ${sent} and ${bad} of garbage; ${dropped} kept from it, ${reordered} late, ${duplicates} twice, ${lives} lives; ` +
      `${dropped - lost} of the missing are before the first or after the last of a life, of which nobody can know`,
  )
  say(stderr.split('\n').slice(-12).join('\n').trimEnd())
  const faults: string[] = []
  const check = (what: string, found: number, want: number) => {
    if (found !== want) faults.push(`${what}: ${found}, and ${want} were injected`)
  }
  check('datagrams', numberOf(stderr, /^[\d.]+ s: ([\d,]+) datagrams/m), sent + bad)
  check('lost', numberOf(stderr, /^Lost: datagrams ([\d,]+)/m), lost)
  check('dropped by the kernel', numberOf(stderr, /by the kernel ([\d,]+)/), 0)
  check('exit code', code ?? -1, 0)
  const said = [/^What was lost before the first and after the last datagram of each agent is not known\.$/m]
  if (lives > Number(values.agents))
    said.push(/^Agents restarted \d+ times?: what was lost just before is not known\.$/m)
  for (const sentence of said) if (!sentence.test(stderr)) faults.push(`it does not say ${sentence}`)
  const growth = memory.growth()
  if (growth > MOST_GROWTH_BYTES) faults.push(`memory grew by ${(growth / MIB).toFixed(1)} MiB`)
  for (const fault of faults) say(`WRONG  ${fault}`)
  if (faults.length === 0) say(`right: ${lost} lost, all counted; memory ${(growth / MIB).toFixed(1)} MiB up`)
  return faults.length > 0 ? 1 : 0
}

process.exitCode = await main()
