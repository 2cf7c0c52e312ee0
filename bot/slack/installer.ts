import type { RequestListener } from 'node:http'

/** The pages on which an administrator of a workspace installs the app. */
export interface Installer {
  readonly showPage: RequestListener
  readonly finish: RequestListener
}
