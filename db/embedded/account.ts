import { GodwitError } from '../../engine/index.ts'
import { type Account, runProgram } from './run-program.ts'

const OWN_ACCOUNT = 'godwit'

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The unprivileged account to run the server as when this process is root, which PostgreSQL refuses to run
 * as: `postgres` where the machine has it, else `godwit`, which is created on first use.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when there is none and none can be created
 * @see https://www.postgresql.org/docs/current/postgres-user.html
 */
export async function findServerAccount(): Promise<Account> {
  const account = (await lookUpAccount('postgres')) ?? (await lookUpAccount(OWN_ACCOUNT))
  if (account) return account
  const refusals = await createAccount()
  const created = await lookUpAccount(OWN_ACCOUNT)
  if (created) return created
  throw new GodwitError(
    'EMBEDDED_SERVER_FAILED',
    `PostgreSQL does not run as root, and no account could be created for it (${refusals.join('; ')}).`,
    {
      remedy: `Create an account named ${OWN_ACCOUNT}, or run Godwit as an ordinary user, or set DATABASE_URL.`,
    },
  )
}

async function lookUpAccount(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => {
      const { exitCode, output } = await runProgram({ program: 'id', args: [flag, name] })
      return exitCode === 0 ? Number(output) : undefined
    }),
  )
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid }
}

/** Tries the tool of most Linux systems, then BusyBox's. Returns what those that failed said. */
async function createAccount(): Promise<string[]> {
  const attempts = [
    {
      program: 'useradd',
      args: ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', OWN_ACCOUNT],
    },
    { program: 'adduser', args: ['-S', '-D', '-H', '-s', '/bin/false', OWN_ACCOUNT] },
  ]
  const refusals: string[] = []
  for (const attempt of attempts) {
    const { exitCode, output } = await runProgram(attempt)
    if (exitCode === 0) return []
    refusals.push(`${attempt.program}: ${output}`)
  }
  return refusals
}
