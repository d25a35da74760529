import { checkTimes, compilePolicies, judgedOf } from "./check";
compilePolicies();
console.log(JSON.stringify(judgedOf(1000, "/tmp/speed")));
for (const n of [1000, 2000, 5000, 10000]) { const t = checkTimes(n, "/tmp/speed"); console.log(JSON.stringify(t), (t.ours / (t.kubeScore ?? NaN)).toFixed(2)); }
