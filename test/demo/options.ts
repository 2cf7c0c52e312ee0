import { parseArgs } from 'node:util'

/** In which step of the migration Godwit is killed. */
const killMoments = ['copy', 'incremental'] as const

export type KillMoment = (typeof killMoments)[number]

export interface DemoOptions {
  readonly sizeMb: number
  /** Committed transactions a second. */
  readonly rate: number
  /** 1: in one process with the API. */
  readonly workers: number
  readonly kill: readonly KillMoment[]
  /** Leave everything up in the end, until Ctrl-C. */
  readonly keep: boolean
  /** Let people drive it, in a simulated Slack. */
  readonly slack: boolean
  /** Of the page with the simulated Slack; 0: any that is free. */
  readonly port: number
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const help = `Usage: npm run demo -- [options]

Moves a shop's database from PostgreSQL 15 to 18 while the shop is being used, through Godwit's GraphQL API,
and compares every row in the end. Needs nothing but this project; leaves nothing behind.
Exits 0 only if there is not a single difference.

  --slack          let me move it, in a Slack that is not Slack: opens a page for a browser on this machine, and
                   compares every row when a migration is completed there; Ctrl-C ends it, with exit code 0
  --port NUMBER    of that page (default 0: any that is free)
  --size MB        size of the shop's database, 20 to 100000 (default 500; with --slack 200)
  --rate NUMBER    transactions a second that write to it meanwhile, 1 to 5000 (default 400; with --slack 50)
  --workers NUMBER 1: everything in one process; 2 to 8: the API in one, each worker in one of its own (default 1)
  --kill MOMENTS   kill with SIGKILL, to see Godwit recover: copy, incremental, or both with a comma between;
                   with several workers the one that has the migration, and another takes over
  --keep           leave everything up in the end, with its URLs printed, until Ctrl-C
  --help           print this
`

/**
 * Reads the command line.
 * @returns null when help is asked for
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): DemoOptions | null {
  const values = parseFlags(args)
  if (values.help) return null
  const { slack } = values
  if (slack && (values.kill !== '' || values.keep))
    throw new UsageError('--kill and --keep are not for --slack, where you decide what happens.')
  if (!slack && values.port !== undefined) throw new UsageError('--port is for --slack only.')
  return {
    slack,
    port: parseNumber('--port', values.port ?? '0', { min: 0, max: 65_535 }),
    sizeMb: parseNumber('--size', values.size ?? (slack ? '200' : '500'), { min: 20, max: 100_000 }),
    rate: parseNumber('--rate', values.rate ?? (slack ? '50' : '400'), { min: 1, max: 5_000 }),
    workers: parseNumber('--workers', values.workers, { min: 1, max: 8 }),
    kill: parseMoments(values.kill),
    keep: values.keep,
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        slack: { type: 'boolean', default: false },
        port: { type: 'string' },
        size: { type: 'string' },
        rate: { type: 'string' },
        workers: { type: 'string', default: '1' },
        kill: { type: 'string', default: '' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function parseNumber(
  flag: string,
  text: string,
  range: { readonly min: number; readonly max: number },
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw new UsageError(`${flag} takes a whole number from ${range.min} to ${range.max}, not "${text}".`)
}

function parseMoments(text: string): readonly KillMoment[] {
  if (text === '') return []
  return text.split(',').map((name) => {
    const moment = killMoments.find((known) => known === name.trim())
    if (moment !== undefined) return moment
    throw new UsageError(
      `--kill takes ${killMoments.join(' or ')}, or both with a comma between, not "${name}".`,
    )
  })
}
