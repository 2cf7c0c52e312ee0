import type { CommandContext } from './actors.ts'
import type { Endpoint } from './endpoints.ts'

/** A way to enter the password of an endpoint once, for somebody who is sent there. */
export interface PasswordLink {
  readonly id: string
  /** Here and nowhere else: only its hash is kept. */
  readonly secret: string
  readonly endpoint: Endpoint
  readonly expiresAt: Date
}

export interface PasswordLinkKey {
  readonly id: string
  readonly secret: string
}

/**
 * One-time links. Whatever is wrong with one, whether it never was, has expired, was used, was replaced, or comes with
 * another secret, is the same NOT_FOUND.
 */
export interface PasswordLinkStore {
  /** Ends the link that there was for the endpoint. @throws GodwitError NOT_FOUND, BAD_INPUT */
  create(
    request: { readonly endpointId: string; readonly expiresInMs: number },
    context: CommandContext,
  ): Promise<PasswordLink>
  /** What the link is for. @throws GodwitError NOT_FOUND */
  open(key: PasswordLinkKey): Promise<{ readonly endpoint: Endpoint; readonly expiresAt: Date }>
  /** Keeps the password, in the name of who made the link, and ends the link. @throws GodwitError NOT_FOUND, BAD_INPUT */
  redeem(key: PasswordLinkKey, password: string): Promise<Endpoint>
}
