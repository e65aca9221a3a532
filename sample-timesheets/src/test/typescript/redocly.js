// What `redocly lint` does by the rules "recommended", warnings being errors; its command brings a website builder of 150 packages along.
import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended-strict"] });
const problems = await lint({ ref: "openapi.json", config });
formatProblems(problems, { totals: getTotals(problems), version: "1" });
process.exitCode = problems.length === 0 ? 0 : 1;
