/** A channel of a workspace, by their ids. */
export interface ChannelPlace {
  readonly team: string
  readonly channel: string
}

export function isAt(value: ChannelPlace, place: ChannelPlace): boolean {
  return value.team === place.team && value.channel === place.channel
}
