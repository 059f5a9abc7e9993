/** How the reference looks; it stands in the page itself, which its policy knows by this text's digest. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: light-dark(#0b57a4, #8ab8ec); }
* { box-sizing: border-box; }
body { margin: 0; display: flex; font: 15px/1.5 system-ui, sans-serif; }
nav { width: 23rem; height: 100vh; position: sticky; top: 0; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: 13px; }
nav ul { list-style: none; margin: 0 0 .5rem; padding: 0; }
nav li a { display: flex; gap: .4rem; padding: .1rem 0; overflow-wrap: anywhere; }
nav b { flex: none; line-height: 1.8; }
nav p { margin: .6rem 0 .2rem; font-weight: 600; }
nav .title { margin-top: 0; font-size: 15px; }
main { flex: 1; min-width: 0; max-width: 62rem; padding: 1rem 2rem 4rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 .3rem; font-size: 16px; }
section p { margin: .3rem 0; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a.problem { font-size: 13px; margin-right: .4rem; }
b.GET, b.POST, b.DELETE { display: inline-block; min-width: 3rem; font-size: 11px; letter-spacing: .03em; }
b.GET { color: light-dark(#186a3b, #7fcf9f); }
b.POST { color: light-dark(#8a4b00, #e8b06a); }
b.DELETE { color: light-dark(#9c1c1c, #f09a9a); }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
code { background: var(--soft); padding: 0 .2rem; border-radius: 3px; overflow-wrap: anywhere; }
code.value { white-space: nowrap; }
pre { background: var(--soft); padding: .6rem .8rem; border-radius: 4px; overflow: auto; max-height: 24rem; }
table { border-collapse: collapse; margin: .4rem 0; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: 12px; }
i { color: #888; font-size: 12px; }
@media (max-width: 60rem) { body { display: block; } nav { width: auto; height: auto; position: static; } main { padding: 1rem; } }
`;
