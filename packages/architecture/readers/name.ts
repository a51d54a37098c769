/** A name as it may stand in an id: small letters, digits and dashes; empty where nothing of it can. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100)
}

/** The name of an operation that has none: its method and path, such as `get-quotes-sku`. */
export function operationNameOf(method: string, path: string): string {
  return slugOf(`${method.toLowerCase()} ${path}`)
}

/** The name that other parts of the same deployment call a host by; undefined where it is no such name. */
export function innerNameOf(host: string): string | undefined {
  const name = host.replace(/(?:\.[a-z\d-]+)?\.svc(?:\.cluster\.local)?$/, '')
  return /^[a-z][a-z\d_-]*$/i.test(name) && name !== 'localhost' ? name : undefined
}
