/** How a map looks; the colours are custom properties of the document. */
export const mapStyle = `
.paper{fill:var(--paper)}
svg text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
.map-title{font-size:20px;font-weight:650;fill:var(--ink)}
.group rect{fill:var(--group);stroke:var(--line);stroke-width:1}
.group text{font-size:11.5px;font-weight:600;letter-spacing:.04em;fill:var(--quiet)}
.link{fill:none;stroke:var(--edge);stroke-width:1.3;marker-end:url(#arrow)}
.link.some{stroke-width:2}
.link.many-calls{stroke-width:2.8}
.link.optional{stroke-dasharray:6 4}
.link.asynchronous{stroke-dasharray:1.5 4;stroke-linecap:round}
.arrow{fill:var(--edge)}
.arrow.marked{fill:var(--accent)}
.shape{fill:var(--panel);stroke:var(--edge);stroke-width:1.2}
.rim{fill:none;stroke:var(--edge);stroke-width:1.2}
.kind-external .shape{stroke-dasharray:4 3}
.kind-gateway .shape{stroke-width:1.8}
.icon{fill:none;stroke:var(--quiet);stroke-width:1.3;stroke-linejoin:round;stroke-linecap:round}
.label{font-size:13px;font-weight:600;fill:var(--ink)}
.detail{font-size:11px;fill:var(--quiet)}
.worst-critical .shape,.worst-critical .rim{stroke:var(--critical)}
.worst-high .shape,.worst-high .rim{stroke:var(--high)}
.badge text{font-size:11px;font-weight:700;text-anchor:middle;fill:var(--on-severity)}
.worst-critical .badge rect{fill:var(--critical)}
.worst-high .badge rect{fill:var(--high)}
.worst-medium .badge rect{fill:var(--medium)}
.worst-low .badge rect{fill:var(--low)}
.legend text{font-size:11px;fill:var(--quiet)}
`
