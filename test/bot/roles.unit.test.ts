import { expect, test } from 'vitest'
import { parseRoles } from '../../bot/settings.ts'

test('the setting names people by everyone, user id, user group and e-mail address', () => {
  expect(parseRoles(' read=* ; operate=S0PLATFORM, DBA@Example.com;approve=U012AB;; ')).toEqual([
    { role: 'read', to: { kind: 'everyone' } },
    { role: 'operate', to: { kind: 'group', id: 'S0PLATFORM' } },
    { role: 'operate', to: { kind: 'email', address: 'dba@example.com' } },
    { role: 'approve', to: { kind: 'user', id: 'U012AB' } },
  ])
})

test.each([
  ['boss=U012', '“boss” is no role: there are read, operate, approve, admin'],
  ['operate', '“operate” must be a role, =, and a list'],
  ['operate=', '“” for operate must be'],
  ['operate=U012,', '“” for operate must be'],
  ['operate=@maya', '“@maya” for operate must be'],
  ['operate=U1=U2', '“operate=U1=U2” must be a role'],
])('%j is refused', (text, message) => {
  expect(() => parseRoles(text)).toThrow(message)
})
