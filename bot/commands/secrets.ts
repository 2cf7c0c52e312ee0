import { decodeSlack } from './parse.ts'

const looksSecret = [
  // A URL with a password, such as postgres://me:secret@host/db
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s@]+@/i,
  // A connection string of libpq, PGPASSWORD=…, --password …
  /(?:password|passwd|pwd|passwort)\s*[=:]\s*\S/i,
  /--password[\s=]+\S/i,
  // Tokens of Godwit and of Slack
  /\bgw_[0-9a-f]{32}_/i,
  /\bxox[a-z](?:\.[a-z]+)?-[\w-]{8,}/i,
  /\bxapp-[\w-]{8,}/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
]

/** Whether a text has something in it that nobody should have typed into Slack. */
export function looksLikeSecret(text: string): boolean {
  const decoded = decodeSlack(text)
  return looksSecret.some((form) => form.test(text) || form.test(decoded))
}
