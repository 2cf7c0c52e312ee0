import { expect, test } from 'vitest'
import { isPublicAddress, parseWebhookUrl, showWebhookUrl } from '../../../engine/webhook/address.ts'

const strict = { allowPrivateAddresses: false }
const lax = { allowPrivateAddresses: true }

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['loopback', '::1'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['metadata of a cloud', '169.254.169.254'],
  ['metadata of a cloud', 'fd00:ec2::254'],
  ['carrier NAT', '100.64.0.1'],
  ['carrier NAT', '100.127.255.255'],
  ['unspecified', '0.0.0.0'],
  ['unspecified', '::'],
  ['this network', '0.1.2.3'],
  ['multicast', '224.0.0.1'],
  ['multicast', 'ff02::1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['benchmarks', '198.18.0.1'],
  ['documentation', '203.0.113.7'],
  ['documentation', '2001:db8::1'],
  ['unique local', 'fc00::1'],
  ['unique local', 'fdff::1'],
  ['link local', 'fe80::1'],
  ['link local with a zone', 'fe80::1%eth0'],
  ['mapped IPv4', '::ffff:127.0.0.1'],
  ['mapped IPv4', '::ffff:8.8.8.8'],
  ['compatible IPv4', '::127.0.0.1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001::7f00:1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('%s is not public: %j', (_kind, address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  'https://hooks.example/x?token=1',
  'https://8.8.8.8/x',
  'https://hooks.example:8443/',
  'https://[2606:4700:4700::1111]/',
])('%s may be sent to', (url) => {
  expect(parseWebhookUrl(url, strict).href).toBe(url)
})

test.each([
  ['no URL', 'hooks.example/x', /absolute URL/],
  ['no TLS', 'http://hooks.example/x', /https/],
  ['another protocol', 'file:///etc/passwd', /https/],
  ['a password', 'https://me:hunter2@hooks.example/', /user or password/],
  ['a private address', 'https://10.0.0.1/', /10\.0\.0\.1/],
  ['a number that is an address', 'https://2130706433/', /127\.0\.0\.1/],
  ['an octal address', 'https://0177.0.0.1/', /127\.0\.0\.1/],
  ['an address cut short', 'https://127.1/', /127\.0\.0\.1/],
  ['an IPv6 address', 'https://[::1]/', /::1/],
  ['a mapped address', 'https://[::ffff:169.254.169.254]/', /::ffff:a9fe:a9fe/],
  ['too much', `https://hooks.example/${'x'.repeat(2_000)}`, /2000 characters/],
])('a URL with %s is refused', (_what, url, message) => {
  expect(() => parseWebhookUrl(url, strict)).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', field: 'url', message: expect.stringMatching(message) }),
  )
})

test('where private addresses are allowed, so is http, but no password and no other protocol', () => {
  expect(parseWebhookUrl('http://127.0.0.1:8080/x', lax).href).toBe('http://127.0.0.1:8080/x')
  expect(() => parseWebhookUrl('http://me:hunter2@127.0.0.1/', lax)).toThrow('user or password')
  expect(() => parseWebhookUrl('ftp://127.0.0.1/', lax)).toThrow('https')
})

test('a refusal does not quote the URL, and people see it without the query', () => {
  expect(() => parseWebhookUrl('http://hooks.example/?token=hunter2', strict)).not.toThrow('hunter2')
  expect(() => parseWebhookUrl('https://hunter2@hooks.example/', strict)).not.toThrow('hunter2')
  expect(showWebhookUrl(new URL('https://hooks.example:8443/a/b?token=hunter2#x'))).toBe(
    'https://hooks.example:8443/a/b',
  )
})
