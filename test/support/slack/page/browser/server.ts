import type { Act, Done, Update } from '../wire.ts'

/** Follows the screen of one person, until the returned function is called. The browser connects anew by itself. */
export function follow(
  userId: string | undefined,
  onUpdate: (update: Update) => void,
  onConnection: (isUp: boolean) => void,
): () => void {
  const query = userId === undefined ? '' : `?as=${encodeURIComponent(userId)}`
  const source = new EventSource(`/stream${query}`)
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const update: Update = JSON.parse(data)
    onUpdate(update)
  })
  source.addEventListener('open', () => onConnection(true))
  source.addEventListener('error', () => onConnection(false))
  return () => source.close()
}

/** Does something as a person. What comes of it arrives as an update; here is only what the person is told. */
export async function send(userId: string, act: Act): Promise<Done> {
  try {
    const response = await fetch(`/act?as=${encodeURIComponent(userId)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(act),
    })
    if (!response.ok) return failed(await response.text())
    const done: Done = await response.json()
    return done
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return failed('The simulator does not answer. Is it still running?')
  }
}

function failed(error: string): Done {
  return { error, atBlocks: {}, options: [] }
}
