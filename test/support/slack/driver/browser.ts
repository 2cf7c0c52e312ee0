import { SlackClientError } from '../errors.ts'
import type { User } from '../state/model.ts'

export interface Page {
  readonly status: number
  readonly text: string
}

/**
 * Installs the app as a person does in a browser: the app's install page, "Add to Slack", Allow or Cancel, and back to
 * the app with the cookies that it set. Returns the app's last page.
 */
export async function installInBrowser(
  installUrl: string,
  user: User,
  decision: 'allow' | 'deny',
): Promise<Page> {
  const start = await fetch(installUrl, { redirect: 'manual' })
  const cookies = start.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const consent = new URL(start.headers.get('location') ?? authorizeLinkIn(await start.text()))
  consent.searchParams.set('user', user.id)
  consent.searchParams.set('decision', decision)
  const consented = await fetch(consent, { redirect: 'manual' })
  const callbackUrl = consented.headers.get('location')
  if (callbackUrl === null) throw new SlackClientError(await consented.text())
  const callback = await fetch(callbackUrl, { headers: { cookie: cookies.join('; ') }, redirect: 'manual' })
  return { status: callback.status, text: await callback.text() }
}

function authorizeLinkIn(html: string): string {
  const link = /href="([^"]*\/oauth\/v2\/authorize[^"]*)"/.exec(html)?.[1]
  if (link === undefined) throw new SlackClientError('the install page has no link to Slack')
  return link.replaceAll('&amp;', '&')
}
