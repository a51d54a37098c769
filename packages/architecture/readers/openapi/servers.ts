import type { Field } from '../field.ts'

/** One address at which a document says that its service answers. */
export interface Server {
  readonly host: string
  readonly encrypted: boolean
  /** Path before the paths of the document; without a slash at its end. */
  readonly path: string
  readonly field: Field
}

/** Servers with an address of their own; a relative one says nothing about where it is. */
export function serversOf(root: Field): readonly Server[] {
  if (root.at('swagger').present) return swaggerServers(root)
  if (!root.at('servers').present) return []
  return root
    .at('servers')
    .items()
    .flatMap((field) => serverOf(withDefaults(field), field))
}

function swaggerServers(root: Field): readonly Server[] {
  const host = root.at('host').text()
  if (host === undefined) return []
  const schemes = root.at('schemes').present ? root.at('schemes').texts() : []
  return (schemes.length === 0 ? ['https'] : schemes).flatMap((scheme) =>
    serverOf(`${scheme}://${host}${basePathOf(root)}`, root.at('host')),
  )
}

/** The path that stands before every path of the document. */
export function basePathOf(root: Field): string {
  const base = root.at('swagger').present ? root.at('basePath').text() : firstServerPath(root)
  return (base ?? '').replace(/\/+$/, '')
}

function firstServerPath(root: Field): string | undefined {
  const servers = root.at('servers')
  if (!servers.present) return undefined
  const [first] = servers.items()
  if (first === undefined) return undefined
  const url = withDefaults(first)
  return url.startsWith('/') ? url : urlOf(url)?.pathname
}

function serverOf(text: string, field: Field): readonly Server[] {
  const url = urlOf(text)
  if (url === undefined || url.hostname === '' || !/^(?:https?|wss?):$/.test(url.protocol)) return []
  const encrypted = url.protocol === 'https:' || url.protocol === 'wss:'
  return [{ host: url.hostname, encrypted, path: url.pathname.replace(/\/+$/, ''), field }]
}

function withDefaults(server: Field): string {
  const url = server.at('url').text() ?? ''
  return url.slice(0, 2_000).replaceAll(/\{([^{}]*)\}/g, (whole: string, name: string) => {
    const value = server.at('variables').at(name).at('default').word()
    return value ?? whole
  })
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
