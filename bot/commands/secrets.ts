import { secretForms } from '../secret-forms.ts'
import { decodeSlack } from './parse.ts'

/** Whether a text has something in it that nobody should have typed into Slack. */
export function looksLikeSecret(text: string): boolean {
  const decoded = decodeSlack(text)
  return secretForms.some((form) => text.search(form) !== -1 || decoded.search(form) !== -1)
}
