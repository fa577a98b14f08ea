import { z } from 'zod';
import { escapeHtml } from '#platform/escape-html.ts';

const described = z.object({
  description: z.string().default(''),
  content: z.record(z.string(), z.unknown()).optional(),
});

const operation = z.object({
  summary: z.string().default(''),
  security: z.array(z.record(z.string(), z.unknown())).default([]),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), described).default({}),
});

/** The parts of an OpenAPI document that the page shows. */
const openApi = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()).default({}) }),
});

/** A plain page for people that shows the OpenAPI document: no script, no style of its own. */
export function renderPage(document: unknown, documentPath: string): string {
  const { info, paths, components } = openApi.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, facts]) => ({ path, method: method.toUpperCase(), facts })),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(info.title)} API</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/style.css"></head><body>
<h1>${escapeHtml(info.title)} API ${escapeHtml(info.version)}</h1>
<p>Machine-readable: <a href="${escapeHtml(documentPath)}">OpenAPI 3.1</a>. Errors are <code>{error, message, detail?}</code>.</p>
<nav aria-label="Routes"><ul>${operations.map(({ method, path }) => `<li><a href="#${anchor(method, path)}">${escapeHtml(method)} ${escapeHtml(path)}</a></li>`).join('')}</ul></nav>
<main>${operations.map((one) => renderOperation(one)).join('\n')}
<h1>Shapes</h1>${Object.entries(components.schemas)
    .map(([name, schema]) => renderShape(name, schema))
    .join('\n')}</main></body></html>`;
}

interface Operation {
  path: string;
  method: string;
  facts: z.infer<typeof operation>;
}

function renderOperation({ path, method, facts }: Operation): string {
  const sign =
    facts.security.length === 0
      ? 'open to everybody'
      : facts.security.some((needed) => 'shown_session' in needed)
        ? 'bearer token, or session named in X-Session-Id'
        : 'bearer token or session';
  return `<article id="${anchor(method, path)}"><h2><span class="method">${escapeHtml(method)}</span> <code>${escapeHtml(path)}</code></h2>
<p>${escapeHtml(facts.summary)} (${sign})</p>
${facts.parameters.length === 0 ? '' : `<h3>Parameters</h3><table>${facts.parameters.map((one) => row(`${one.name}${one.required ? ' *' : ''}`, `in ${one.in}: ${json(one.schema)}`)).join('')}</table>`}
${facts.requestBody === undefined ? '' : `<h3>Body</h3><pre tabindex="0">${escapeHtml(json(facts.requestBody.content, 2))}</pre>`}
<h3>Answers</h3><table>${Object.entries(facts.responses)
    .map(([status, one]) => row(status, `${one.description} ${references(one.content)}`))
    .join('')}</table></article>`;
}

function renderShape(name: string, schema: unknown): string {
  return `<article id="shape-${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2><pre tabindex="0">${escapeHtml(json(schema, 2))}</pre></article>`;
}

function row(name: string, text: string): string {
  return `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(text)}</td></tr>`;
}

function references(content: unknown): string {
  const text = content === undefined ? '' : json(content);
  const shape = /"#\/components\/schemas\/(\w+)"/.exec(text)?.[1];
  return shape ?? Object.keys(z.record(z.string(), z.unknown()).safeParse(content).data ?? {}).join(', ');
}

function anchor(method: string, path: string): string {
  return `${method}-${path}`.replaceAll(/[^\w]+/g, '-').toLowerCase();
}

function json(value: unknown, space = 0): string {
  return JSON.stringify(value, null, space) ?? '';
}
