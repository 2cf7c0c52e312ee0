// The secret is in the fragment, which browsers do not send: it is in no access log. It leaves the address bar at once.
const secret = location.hash.slice(1)
history.replaceState(null, '', location.pathname)

const element = (id) => document.getElementById(id)
const form = element('form')
const password = element('password')
const result = element('result')

function show(kind, title, ...lines) {
  result.className = kind
  const heading = document.createElement('h2')
  heading.textContent = title
  const paragraphs = lines.filter(Boolean).map((line) => {
    const paragraph = document.createElement('p')
    paragraph.textContent = line
    return paragraph
  })
  result.replaceChildren(heading, ...paragraphs)
  result.focus()
}

async function post(body) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret, ...body }),
  })
  const answer = await response.json()
  if (response.ok) return answer
  const [{ message, extensions }] = answer.errors
  throw Object.assign(new Error(message), { remedy: extensions.remedy, isOver: response.status === 404 })
}

async function describe() {
  const { endpoint, expiresAt } = await post({})
  const until = new Date(expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  element('what').textContent =
    `Godwit asks for the password of this database. The link works until ${until}.`
  element('name').textContent = endpoint.name
  element('server').textContent = `${endpoint.host}:${endpoint.port}`
  element('database').textContent = endpoint.database
  element('user').textContent = endpoint.user
  element('endpoint').hidden = false
  form.hidden = false
  password.focus()
}

async function save() {
  const { test } = await post({ password: password.value })
  password.value = ''
  form.hidden = true
  element('what').textContent = 'The password was entered. You can close this page.'
  if (test.ok) show('good', 'Saved, and the connection works', test.detail)
  else show('bad', 'Saved, but the test of the connection failed', test.detail, test.remedy, test.next)
}

function fail(error) {
  if (error.isOver) {
    form.hidden = true
    element('what').textContent = 'Nothing can be entered here.'
  }
  const isKnown = error.remedy !== undefined
  show('bad', isKnown ? error.message : 'Godwit could not be reached', isKnown ? error.remedy : 'Try again.')
}

element('show').addEventListener('change', (event) => {
  password.type = event.target.checked ? 'text' : 'password'
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const button = element('save')
  button.disabled = true
  button.textContent = 'Saving and testing …'
  save()
    .catch(fail)
    .finally(() => {
      button.disabled = false
      button.textContent = 'Save and test'
    })
})
if (secret === '')
  fail({
    message: 'This link is not whole',
    remedy: 'Open it again as it was sent, or ask for a new one.',
    isOver: true,
  })
else describe().catch(fail)
