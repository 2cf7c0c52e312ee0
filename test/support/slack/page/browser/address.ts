import type { Place } from './state.ts'

/** What the address of the page says after `#`, so that a reload, or a link, leads to the same place. */
export interface Address {
  readonly userId: string | undefined
  readonly place: Place | undefined
}

export function readAddress(): Address {
  const query = new URLSearchParams(location.hash.slice(1))
  const channelId = query.get('in')
  const tab = query.get('app')
  const threadTs = query.get('thread')
  const place: Place | undefined =
    tab === 'home' || tab === 'messages'
      ? { kind: 'app', tab, threadTs }
      : channelId === null
        ? undefined
        : { kind: 'channel', channelId, threadTs }
  return { userId: query.get('as') ?? undefined, place }
}

export function writeAddress(userId: string, place: Place): void {
  const query = new URLSearchParams({ as: userId })
  if (place.kind === 'app') query.set('app', place.tab)
  else query.set('in', place.channelId)
  if (place.threadTs !== null) query.set('thread', place.threadTs)
  const hash = `#${query.toString()}`
  if (location.hash !== hash) history.replaceState(null, '', hash)
}
