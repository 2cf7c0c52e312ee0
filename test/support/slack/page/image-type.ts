const signatures: readonly { readonly type: string; readonly starts: string }[] = [
  { type: 'image/png', starts: '89504e47' },
  { type: 'image/jpeg', starts: 'ffd8ff' },
  { type: 'image/gif', starts: '47494638' },
]

/** The media type of what Slack shows as a picture; undefined for any other file. */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  return signatures.find(({ starts }) => start.startsWith(starts))?.type
}
