import type { ActionDelivery } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { type ButtonValue, readButtonValue, refusal } from '../views/index.ts'

/** Of a button that is about a migration. */
export type MigrationButton = ButtonValue & { readonly m: string }

/** What the button was about; null when it cannot be told, and the person has been told so. */
export async function readButton(turn: Turn, { value }: ActionDelivery): Promise<MigrationButton | null> {
  const read = readButtonValue(value)
  if (read?.m !== undefined) return { ...read, m: read.m }
  await turn.tell(unreadable)
  return null
}

/** Of a button of another time, or a forged one. */
export const unreadable = refusal({
  message: 'This button is from another time, and cannot be read any more. Nothing was done.',
  remedy: 'Use /migrate, which shows what there is now.',
})
