/**
 * Exits with 1 when the schema has changed and no migration was generated for it. The generator describes the schema
 * as if there were no migrations yet; that must be what the newest migration left.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { canonicalJson } from './stores/canonical-json.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const generator = join(dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs')

/** What the generator keeps of a schema, without what only tells one migration from another. */
interface Snapshot {
  readonly tables: Readonly<Record<string, unknown>>
  readonly [part: string]: unknown
}

async function readNewestSnapshot(folder: string): Promise<Snapshot> {
  const names = await readdir(join(folder, 'meta'))
  const newest = names
    .filter((name) => name.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1)
  if (newest === undefined) throw new Error(`there is no migration in ${folder}`)
  const text = await readFile(join(folder, 'meta', newest), 'utf8')
  return { ...JSON.parse(text), id: null, prevId: null, _meta: null }
}

async function describeSchema(): Promise<Snapshot> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'godwit-migrations-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // The generator takes paths from its working directory only.
  const options = ['--dialect=postgresql', '--schema=db/schema/index.ts', `--out=${relative(root, folder)}`]
  await promisify(execFile)(process.execPath, [generator, 'generate', ...options], { cwd: root })
  return await readNewestSnapshot(folder)
}

function findChangedTables(before: Snapshot, now: Snapshot): readonly string[] {
  const names = new Set([...Object.keys(before.tables), ...Object.keys(now.tables)])
  return [...names].filter((name) => canonicalJson(before.tables[name]) !== canonicalJson(now.tables[name]))
}

const migrated = await readNewestSnapshot(join(root, 'db', 'migrations'))
const described = await describeSchema()
if (canonicalJson(migrated) === canonicalJson(described)) {
  console.log('db/migrations is up to date with db/schema.')
} else {
  const changed = findChangedTables(migrated, described).join(', ') || 'something beside the tables'
  console.error(`db/schema has changed (${changed}): run npm run db:generate, and commit what it writes.`)
  process.exitCode = 1
}
