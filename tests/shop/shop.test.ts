// Why: the shop is what a newcomer sees first; this is their first hour, on the real thing.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { processesIn, startShop, type RunningShop } from './copy.ts'

interface Verdict {
  readonly verdict: {
    readonly admitted: boolean
    readonly findings: readonly {
      readonly rule: string
      readonly origin: string
      readonly refuses: boolean
      readonly subject: string
    }[]
  }
}

/** Candidate → its service, and the rule and subject that refuse it. */
const candidates = [
  ['receipt-by-mail', 'receipts', 'AV1', 'notifications'],
  ['card-on-receipt', 'payments', 'IF10', 'payments.find'],
  ['patient-pricing', 'pricing', 'CF3', 'catalog.lookup'],
  ['self-stocking-catalog', 'catalog', 'IF8', 'inventory.restock'],
] as const

suite('the shop', () => {
  let shop: RunningShop
  before(async () => {
    shop = await startShop()
  })
  after(() => shop.remove())

  const generation = async () =>
    (JSON.parse((await shop.plimsoll('status', '--json')).output) as { generation: number }).generation

  test('each curl line that it prints answers exactly as printed', async () => {
    const lines = shop
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  curl '))
    assert.equal(lines.length, 2)
    for (const line of lines) {
      const { code, output, error } = await shop.shell(`${line} --silent --show-error`)
      assert.equal(code, 0, error)
      assert.match(output, /"sku":"LT-1000"/)
    }
  })

  test('people buy: the same order sent twice is one order', async () => {
    const order = new URLSearchParams({
      sku: 'LT-1000',
      quantity: '2',
      name: 'Ada',
      email: 'ada@example.com',
      token: 'tok_visa',
    })
    const path = `${shop.shop}/orders/11111111-2222-4333-8444-555555555555`
    for (let times = 0; times < 2; times += 1) {
      const placed = await fetch(path, { method: 'POST', body: order, redirect: 'manual' })
      assert.equal(placed.status, 303)
    }
    const receipt = await (await fetch(path.replace('orders', 'receipts'))).text()
    assert.match(receipt, /Thank you, Ada/)
    assert.match(receipt, /2 × LT-1000/)
    assert.equal((await fetch(`${shop.shop}/`)).status, 200)
    assert.equal((await fetch(`${shop.shop}/receipts/22222222-2222-4333-8444-555555555555`)).status, 404)
  })

  test('a declined card is told to the customer, and nothing is ordered', async () => {
    const order = new URLSearchParams({
      sku: 'LT-1000',
      quantity: '1',
      name: 'Bob',
      email: 'b@example.com',
      token: 'tok_declined',
    })
    const placed = await fetch(`${shop.shop}/orders/33333333-2222-4333-8444-555555555555`, {
      method: 'POST',
      body: order,
    })
    assert.equal(placed.status, 402)
    assert.match(await placed.text(), /DECLINED/)
  })

  test('operators call operations by name', async () => {
    const { code, output } = await shop.plimsoll(
      'call',
      'pricing.quote',
      '--sku',
      'LT-1000',
      '--quantity',
      '12',
      '--json',
    )
    assert.equal(code, 0)
    assert.deepEqual((JSON.parse(output) as { total: unknown }).total, { amount: 97_092, currency: 'EUR' })
  })

  for (const [candidate, service, rule, subject] of candidates) {
    test(`${candidate} is fine alone and refused in composition; nothing is touched; its fix goes live`, async () => {
      const before = await generation()
      const refused = await shop.plimsoll(
        'deploy',
        service,
        '--entry',
        `candidates/${candidate}/service.ts`,
        '--json',
      )
      assert.equal(refused.code, 1)
      const { verdict } = JSON.parse(refused.output) as Verdict
      const reasons = verdict.findings.filter(({ refuses }) => refuses)
      assert.ok(
        reasons.some((reason) => reason.rule === rule && reason.subject === subject),
        JSON.stringify(reasons, undefined, 1),
      )
      assert.ok(
        reasons.every(({ origin }) => origin === 'emergent'),
        JSON.stringify(reasons.map(({ rule: id, origin }) => [id, origin])),
      )
      assert.equal(await generation(), before)
      const fixed = await shop.plimsoll('deploy', service, '--entry', `candidates/${candidate}/fixed.ts`)
      assert.equal(fixed.code, 0, fixed.output + fixed.error)
      assert.match(fixed.output, /ADMITTED/)
      assert.equal(await generation(), before + 1)
    })
  }

  test('a call that no release declares meets a wall at run time, or a refusal that both ends tell', async () => {
    const admitted = await shop.plimsoll(
      'deploy',
      'notifications',
      '--entry',
      'candidates/stolen-identity/service.ts',
    )
    assert.equal(admitted.code, 0, admitted.output)
    const { replicas } = JSON.parse((await shop.plimsoll('status', '--json')).output) as {
      replicas: { instance: string; address: string }[]
    }
    const target = replicas.find(({ instance }) => instance === 'inventory/0')?.address ?? ''
    const input = {
      orderId: '11111111-2222-4333-8444-555555555555',
      email: 'eve@example.com',
      text: `probe ${target}`,
    }
    assert.equal(
      (await shop.plimsoll('call', 'notifications.send', '--input', JSON.stringify(input))).code,
      0,
    )
    const said = (await shop.plimsoll('logs', 'notifications')).output
    // The wall stands before the refusal: what is not declared is not even there.
    if (target.startsWith('unix:')) assert.match(said, /"outcome":"connect ENOENT.*undeclared call/)
    else {
      assert.match(said, /"outcome":"403".*undeclared call/)
      assert.match(
        (await shop.plimsoll('logs', 'inventory')).output,
        /service\/notifications call inventory\.restock/,
      )
    }
    assert.equal((await shop.plimsoll('rollback')).code, 0)
  })

  test('no key of the installation stands in a log or a command line', async () => {
    const state = join(shop.folder, '.plimsoll')
    const key = readFileSync(join(state, 'consumers/storefront.key'), 'utf8').trim()
    for (const file of readdirSync(join(state, 'logs')))
      assert.ok(!readFileSync(join(state, 'logs', file), 'utf8').includes(key), file)
    for (const pid of processesIn(shop.folder, processIds()))
      assert.ok(!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(key))
  })

  test('a second start on the same folder says who is there, and changes nothing', async () => {
    const second = await shop.plimsoll('up')
    assert.equal(second.code, 1)
    assert.match(second.error, /uses this state folder already/)
    assert.equal((await shop.plimsoll('status')).code, 0)
  })

  test('Ctrl-C ends everything and leaves no process behind', async () => {
    assert.equal(await shop.interrupt(), 130)
    assert.deepEqual(processesIn(shop.folder, processIds()), [])
    assert.ok(!existsSync(join(shop.folder, '.plimsoll/control.json')))
  })
})

function processIds(): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
}
