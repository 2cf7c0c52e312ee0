import { expect, test } from 'vitest'
import { readConfiguration } from '../../api/configuration.ts'

test('an empty environment, or one of empty variables, gives the documented defaults', () => {
  const defaults = readConfiguration({})
  expect(defaults).toMatchObject({ PORT: 4000, HOST: '127.0.0.1', GODWIT_ROLES: ['api', 'worker'] })
  expect(readConfiguration({ PORT: '', DATABASE_URL: '' })).toEqual(defaults)
})

test('everything that is wrong is reported together, by name and without values', () => {
  const wrong = { PORT: '99999', GODWIT_ROLES: 'api,boss', LOG_LEVEL: 'loud', GODWIT_LEASE_SECONDS: '1' }
  expect(() => readConfiguration(wrong)).toThrow(
    expect.objectContaining({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/PORT[^]*GODWIT_ROLES[^]*GODWIT_LEASE_SECONDS[^]*LOG_LEVEL/),
    }),
  )
  expect(() => readConfiguration(wrong)).not.toThrow(/99999|boss|loud/)
})

test('a control database that is given needs the key that all processes share', () => {
  const url = 'postgresql://godwit@db.example/godwit'
  expect(() => readConfiguration({ DATABASE_URL: url })).toThrow('GODWIT_SECRET_KEY')
  expect(readConfiguration({ DATABASE_URL: url, GODWIT_SECRET_KEY: 'k' }).DATABASE_URL).toBe(url)
})

test('a control database that is not PostgreSQL is refused', () => {
  expect(() => readConfiguration({ DATABASE_URL: 'mysql://db/x', GODWIT_SECRET_KEY: 'k' })).toThrow(
    'DATABASE_URL',
  )
})

test('the public URL is one of HTTP, and is taken without the slash at its end', () => {
  const read = (url: string) => readConfiguration({ GODWIT_PUBLIC_URL: url }).GODWIT_PUBLIC_URL
  expect(read('https://godwit.example/')).toBe('https://godwit.example')
  expect(read('https://example/godwit')).toBe('https://example/godwit')
  for (const wrong of ['godwit.example', 'ftp://godwit.example', 'https://godwit.example/?a', 'https://g/#a'])
    expect(() => read(wrong)).toThrow('GODWIT_PUBLIC_URL')
  expect(readConfiguration({}).GODWIT_PUBLIC_URL).toBeUndefined()
})
