// Package cloudwatch knows no measurement: see sandbox/toolchain/parts.ts of the project that compiles this.
package cloudwatch

import (
	"errors"

	log "github.com/sirupsen/logrus"

	"github.com/argoproj/argo-rollouts/metric"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
)

// ProviderType is how the controller names it.
const ProviderType = "CloudWatch"

// NewCloudWatchAPIClient refuses each metric.
func NewCloudWatchAPIClient(v1alpha1.Metric) (any, error) {
	return nil, errors.New("this controller was compiled without metrics of CloudWatch")
}

// NewCloudWatchProvider is never reached.
func NewCloudWatchProvider(any, log.Entry) metric.Provider { return nil }
