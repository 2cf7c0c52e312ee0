/** The manifest says what the code does. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { usageHint } from '../../bot/commands/verbs.ts'
import { botScopes } from '../../bot/slack/scopes.ts'

const manifest = await readFile(new URL('../../bot/manifest.yml', import.meta.url), 'utf8')

test('it asks for the scopes that the bot asks for when it is installed', () => {
  const listed = /\n {4}bot:\n((?: {6}- .+\n)+)/.exec(manifest)?.[1] ?? ''
  expect(listed.trim().split(/\s*- /).filter(Boolean)).toEqual([...botScopes])
})

test('its hint names all verbs, within the limits of Slack', () => {
  const hint = /usage_hint: '(.+)'/.exec(manifest)?.[1]
  expect(hint).toBe(usageHint())
  expect(usageHint().length).toBeLessThanOrEqual(1000)
})
