// Package newrelic knows no measurement: see sandbox/toolchain/parts.ts of the project that compiles this.
package newrelic

import (
	"errors"

	log "github.com/sirupsen/logrus"
	"k8s.io/client-go/kubernetes"

	"github.com/argoproj/argo-rollouts/metric"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
)

// ProviderType is how the controller names it.
const ProviderType = "NewRelic"

// NewNewRelicAPIClient refuses each metric.
func NewNewRelicAPIClient(v1alpha1.Metric, kubernetes.Interface) (any, error) {
	return nil, errors.New("this controller was compiled without metrics of New Relic")
}

// NewNewRelicProvider is never reached.
func NewNewRelicProvider(any, log.Entry) metric.Provider { return nil }
