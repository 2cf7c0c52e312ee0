import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSecretKey } from '../../db/index.ts'
import { createSecretBox } from '../../db/secrets.ts'

const rowId = '01a1f9ec-14b9-7517-8325-bd621cc97a20'
const otherRowId = '01a1f9ec-14b2-776a-9cec-70b3080869bd'

async function makeDataDir() {
  const path = await mkdtemp(join(tmpdir(), 'godwit-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('what was sealed opens again, and does not show in the sealed bytes', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal('hunter2 ü 𝄞', rowId)
  expect(box.open(sealed, rowId)).toBe('hunter2 ü 𝄞')
  expect(sealed.includes('hunter2')).toBe(false)
})

test('the same text is sealed differently each time', () => {
  const box = createSecretBox(randomBytes(32))
  expect(box.seal('hunter2', rowId).equals(box.seal('hunter2', rowId))).toBe(false)
})

test('what was sealed for one row does not open in another', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal('hunter2', rowId)
  expect(() => box.open(sealed, otherRowId)).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }))
})

test('another key does not open it, and the error says that it is the key', () => {
  const sealed = createSecretBox(randomBytes(32)).seal('hunter2', rowId)
  const other = createSecretBox(randomBytes(32))
  expect(() => other.open(sealed, rowId)).toThrow(
    expect.objectContaining({ code: 'SECRET_UNREADABLE', message: expect.stringContaining('another key') }),
  )
})

test('no byte of what was sealed can be changed unnoticed', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal('hunter2', rowId)
  for (const index of sealed.keys()) {
    const changed = Buffer.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(() => box.open(changed, rowId)).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }))
  }
  expect(() => box.open(sealed.subarray(0, 20), rowId)).toThrow(
    expect.objectContaining({ code: 'SECRET_UNREADABLE' }),
  )
})

test('a fingerprint depends on the key, so that nobody without it can guess what was hashed', () => {
  const key = randomBytes(32)
  const fingerprint = createSecretBox(key).fingerprint('hunter2')
  expect(createSecretBox(key).fingerprint('hunter2')).toEqual(fingerprint)
  expect(createSecretBox(randomBytes(32)).fingerprint('hunter2')).not.toEqual(fingerprint)
})

test('a key of another length is refused', () => {
  expect(() => createSecretBox(randomBytes(16))).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
  )
})

test('a key from the environment may be base64 or hex', async () => {
  const key = randomBytes(32)
  await using dataDir = await makeDataDir()
  for (const fromEnvironment of [key.toString('hex'), key.toString('base64')]) {
    expect(await loadSecretKey({ fromEnvironment, dataDir: dataDir.path })).toEqual(key)
  }
  expect(await readdir(dataDir.path)).toEqual([])
})

test.each(['', 'short', 'z'.repeat(64), randomBytes(31).toString('base64'), randomBytes(33).toString('hex')])(
  'the key %j from the environment is refused',
  async (fromEnvironment) => {
    await expect(loadSecretKey({ fromEnvironment, dataDir: '/nowhere' })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('GODWIT_SECRET_KEY'),
    })
  },
)

test('without one, a key is made once, in a file that only its owner can read', async () => {
  await using dataDir = await makeDataDir()
  const nested = join(dataDir.path, 'not', 'there', 'yet')
  const key = await loadSecretKey({ dataDir: nested })
  expect(key).toHaveLength(32)
  expect(await loadSecretKey({ dataDir: nested })).toEqual(key)
  expect((await stat(join(nested, 'secret.key'))).mode & 0o777).toBe(0o600)
  expect(await readdir(nested)).toEqual(['secret.key'])
})

test('processes that start at once agree on one key', async () => {
  await using dataDir = await makeDataDir()
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadSecretKey({ dataDir: dataDir.path })))
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
})

test('a key file that holds no key is named, and left as it is', async () => {
  await using dataDir = await makeDataDir()
  const path = join(dataDir.path, 'secret.key')
  await writeFile(path, 'garbage')
  await expect(loadSecretKey({ dataDir: dataDir.path })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining(path),
  })
  expect(await readFile(path, 'utf8')).toBe('garbage')
})

test('a data directory that cannot be made is a fault of the configuration', async () => {
  await using dataDir = await makeDataDir()
  const file = join(dataDir.path, 'file')
  await writeFile(file, '')
  await expect(loadSecretKey({ dataDir: join(file, 'below') })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
  })
})
