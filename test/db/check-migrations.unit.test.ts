import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A copy of what the check looks at, for a test to change. */
async function copyProject() {
  const path = await mkdtemp(join(tmpdir(), 'godwit-test-'))
  for (const name of ['db', 'engine', 'package.json']) {
    await cp(join(root, name), join(path, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function check(path: string): Promise<{ readonly exitCode: number; readonly output: string }> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(path, 'db', 'check-migrations.ts')], (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })
}

test('the migrations are those of the schema', { timeout: 60_000 }, async () => {
  expect(await check(root)).toMatchObject({ exitCode: 0 })
})

test('a table without a migration is a drift, named', { timeout: 60_000 }, async () => {
  await using project = await copyProject()
  await appendFile(
    join(project.path, 'db', 'schema', 'access.ts'),
    `\nexport const forgotten = controlSchema.table('forgotten', { id: uuid('id').primaryKey() })\n`,
  )
  const { exitCode, output } = await check(project.path)
  expect(exitCode).toBe(1)
  expect(output).toContain('godwit_control.forgotten')
  expect(output).toContain('npm run db:generate')
})

test('a renamed column without a migration is a drift, named', { timeout: 60_000 }, async () => {
  await using project = await copyProject()
  const path = join(project.path, 'db', 'schema', 'leases.ts')
  await writeFile(path, (await readFile(path, 'utf8')).replace(`text('owner')`, `text('holder')`))
  const { exitCode, output } = await check(project.path)
  expect(exitCode).toBe(1)
  expect(output).toContain('godwit_control.leases')
})
