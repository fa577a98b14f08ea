/** A page as a browser without scripts sees it. */
export interface Visited {
  url: URL;
  status: number;
  html: string;
}

/** Just enough of a browser for sign-in pages: cookies, redirects, forms. */
export interface FormWalker {
  get(url: URL | string): Promise<Visited>;
  /** Submits the first form of a page with its hidden fields and `fields`. */
  submit(page: Visited, fields?: Readonly<Record<string, string>>): Promise<Visited>;
}

interface WalkerOptions {
  /** A redirect to here is not followed: the walk ends with this address. */
  stopAt?: string;
}

const maxRedirects = 12;

export function createFormWalker({ stopAt }: WalkerOptions = {}): FormWalker {
  const jar = new Map<string, string>();

  const visit = async (
    url: URL,
    init: { method?: string; body?: URLSearchParams },
    redirects = 0,
  ): Promise<Visited> => {
    if (stopAt !== undefined && url.href.startsWith(stopAt)) return { url, status: 302, html: '' };
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const html = await response.text();
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, html };
    if (redirects >= maxRedirects) throw new Error(`too many redirects at ${url.href}`);
    return await visit(new URL(location, url), {}, redirects + 1);
  };

  return {
    get: (url) => visit(new URL(url), {}),
    submit: (page, fields = {}) => {
      const form = /<form\b[^>]*>[\s\S]*?<\/form>/i.exec(page.html)?.[0];
      if (form === undefined) throw new Error(`${page.url.href} answered ${page.status} without a form`);
      const action = attribute(form, 'action') ?? page.url.href;
      const hidden = [...form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/gi)].map(
        ([input]) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? ''] as const,
      );
      const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
      return visit(new URL(action, page.url), { method: 'POST', body });
    },
  };
}

function attribute(tag: string, name: 'action' | 'name' | 'value'): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return found
    ?.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&');
}
