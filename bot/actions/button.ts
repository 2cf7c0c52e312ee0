import type { ActionDelivery } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { type ButtonValue, readButtonValue, unreadable } from '../views/index.ts'

/** Of a button that is about a migration. */
export type MigrationButton = ButtonValue & { readonly m: string }

/** What the button was about; null when it cannot be told, and the person has been told so. */
export async function readButton(turn: Turn, { value }: ActionDelivery): Promise<MigrationButton | null> {
  const read = readButtonValue(value)
  if (read?.m !== undefined) return { ...read, m: read.m }
  await turn.tell(unreadable)
  return null
}
