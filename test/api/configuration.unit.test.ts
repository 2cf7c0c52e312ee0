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

const oneWorkspace = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }
const manyWorkspaces = { SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'c', SLACK_SIGNING_SECRET: 's' }
const twoWorkspaces = { ...manyWorkspaces, GODWIT_SLACK_WORKSPACES: 'T01,T02' }

test('the bot is among the roles when there is a Slack for it, and only then', () => {
  expect(readConfiguration({}).GODWIT_ROLES).toEqual(['api', 'worker'])
  expect(readConfiguration(oneWorkspace).GODWIT_ROLES).toEqual(['api', 'worker', 'bot'])
  expect(readConfiguration({ ...oneWorkspace, GODWIT_ROLES: 'api' }).GODWIT_ROLES).toEqual(['api'])
})

test.each([
  ['Socket Mode needs no signing secret', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }],
  ['many workspaces', twoWorkspaces],
  [
    'a bot apart',
    { ...oneWorkspace, GODWIT_ROLES: 'bot', GODWIT_API_URL: 'http://api:4000', GODWIT_API_TOKEN: 'gw_1' },
  ],
])('%s', (_what, env) => {
  expect(readConfiguration(env).GODWIT_ROLES).toContain('bot')
})

test.each([
  [{ SLACK_SIGNING_SECRET: 's' }, 'SLACK_BOT_TOKEN'],
  [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_SIGNING_SECRET'],
  [{ GODWIT_ROLES: 'bot' }, 'SLACK_BOT_TOKEN[^]*SLACK_SIGNING_SECRET[^]*GODWIT_API_URL'],
  [{ ...oneWorkspace, SLACK_CLIENT_ID: '1.2' }, 'SLACK_CLIENT_ID[^]*SLACK_CLIENT_SECRET'],
  [{ SLACK_CLIENT_SECRET: 'c', SLACK_SIGNING_SECRET: 's' }, 'SLACK_CLIENT_ID'],
  [
    { SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'c', SLACK_APP_TOKEN: 'xapp-1' },
    'SLACK_APP_TOKEN: cannot be set with SLACK_CLIENT_ID',
  ],
  [{ ...oneWorkspace, GODWIT_API_URL: 'http://api:4000' }, 'GODWIT_API_TOKEN'],
  [{ ...oneWorkspace, GODWIT_SLACK_ROLES: 'boss=*' }, 'GODWIT_SLACK_ROLES: “boss” is no role'],
  [{ ...oneWorkspace, GODWIT_SLACK_CHANNEL: '#secret-channel' }, 'GODWIT_SLACK_CHANNEL: must be the id'],
  [{ ...oneWorkspace, GODWIT_SLACK_CHANNEL: 'T1/T2/C3' }, 'GODWIT_SLACK_CHANNEL: must be the id'],
  [{ ...oneWorkspace, GODWIT_SLACK_CHANNEL: 'U012' }, 'GODWIT_SLACK_CHANNEL: must be the id'],
  [{ ...twoWorkspaces, GODWIT_SLACK_CHANNEL: 'C012' }, 'GODWIT_SLACK_CHANNEL: must name the workspace'],
  [{ ...twoWorkspaces, GODWIT_SLACK_CHANNEL: 'T03/C012' }, 'GODWIT_SLACK_CHANNEL: is of T03'],
  [manyWorkspaces, 'GODWIT_SLACK_WORKSPACES: is needed with SLACK_CLIENT_ID'],
  [{ ...manyWorkspaces, GODWIT_SLACK_WORKSPACES: 'acme' }, 'GODWIT_SLACK_WORKSPACES[^]*must be ids of work'],
  [{ ...oneWorkspace, GODWIT_SLACK_WORKSPACES: 'T01' }, 'GODWIT_SLACK_WORKSPACES: is only for'],
  [{ SLACK_BOT_TOKEN: 'secret-1', SLACK_APP_TOKEN: 'secret-2' }, 'SLACK_BOT_TOKEN[^]*SLACK_APP_TOKEN'],
])('for %j all that is wrong is told', (env, names) => {
  expect(() => readConfiguration(env)).toThrow(new RegExp(names))
  expect(() => readConfiguration(env)).not.toThrow(/secret-/)
})

test('the public URL is one of HTTP, and is taken without the slash at its end', () => {
  const read = (url: string) => readConfiguration({ GODWIT_PUBLIC_URL: url }).GODWIT_PUBLIC_URL
  expect(read('https://godwit.example/')).toBe('https://godwit.example')
  expect(read('https://example/godwit')).toBe('https://example/godwit')
  for (const wrong of ['godwit.example', 'ftp://godwit.example', 'https://godwit.example/?a', 'https://g/#a'])
    expect(() => read(wrong)).toThrow('GODWIT_PUBLIC_URL')
  expect(readConfiguration({}).GODWIT_PUBLIC_URL).toBeUndefined()
})

test('the channel for all migrations is one of the one workspace, or of the workspace that is named', () => {
  const read = (env: Readonly<Record<string, string>>) => readConfiguration(env).GODWIT_SLACK_CHANNEL
  expect(read({ ...oneWorkspace, GODWIT_SLACK_CHANNEL: 'C012' })).toEqual({ team: null, channel: 'C012' })
  const named = { team: 'T01', channel: 'G012' }
  expect(read({ ...oneWorkspace, GODWIT_SLACK_CHANNEL: 'T01/G012' })).toEqual(named)
  expect(read({ ...twoWorkspaces, GODWIT_SLACK_CHANNEL: 'T01/G012' })).toEqual(named)
  expect(read(oneWorkspace)).toBeUndefined()
})
