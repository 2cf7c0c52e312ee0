/**
 * What nobody should have typed into Slack, and what is never logged: all of it is to be found, from its name on, so that
 * what is masked is the whole. With the flag `g`: ask with `search`, for `test` would remember where it was.
 */
export const secretForms: readonly RegExp[] = [
  // A URL with a password, such as postgres://me:secret@host/db
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s@]+@/gi,
  // The same without its scheme; mailto:me@example.com is none
  /(?<![^\s"'=<(])(?!mailto:)[^\s/@:"'<>|]+:[^\s/@:"'<>|]+@[\w.-]+/gi,
  // A connection string of libpq, PGPASSWORD=…
  /(?:password|passwd|passphrase|passwort|kennwort|pwd)\s*[=:]\s*\S+/gi,
  // Neither bypass=… nor compass: …
  /(?<![a-z])pass\s*[=:]\s*\S+/gi,
  /--password[\s=]+\S+/gi,
  // Tokens of Godwit and of Slack
  /\bgw_[0-9a-f]{32}_[\w-]*/gi,
  /\bxox[a-z](?:\.[a-z]+)?-[\w.-]{8,}/gi,
  /\bxapp-[\w-]{8,}/gi,
  /https:\/\/hooks\.slack\.com\/\S+/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY[^]*/g,
]
