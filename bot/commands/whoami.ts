import { callerOf, type Person, type Role } from '../people/index.ts'
import type { CommandHandler } from '../registry.ts'
import { plainMessage } from './text.ts'

const maySay: Readonly<Record<Role, string>> = {
  read: 'see migrations and their state, and change nothing',
  operate: 'see migrations, create and run them, and ask for a cutover',
  approve: 'run migrations, and approve cutovers that others have asked for',
  admin: 'run migrations, approve cutovers, and manage Godwit',
}

export const whoami: CommandHandler = {
  run: (turn) => turn.tell(plainMessage(describePerson(turn.person))),
}

function describePerson(person: Person): string {
  const { name, role, reason } = person
  return [
    `You are ${name}; Godwit knows you as ${callerOf(person).person}.`,
    `Your role is ${role}: you may ${maySay[role]}.`,
    `That is because ${reason}.`,
    'Who may approve a cutover is also up to the rules of approval of the migration.',
  ].join('\n')
}
