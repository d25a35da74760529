// Services that this was compiled without: see sandbox/toolchain/parts.ts of the project that compiles this.
package services

import (
	"errors"
	"text/template"
)

type leftOut struct{ name string }

func (s leftOut) refusal() error {
	return errors.New("this controller was compiled without notifications by " + s.name)
}

// Send refuses each notification.
func (s leftOut) Send(Notification, Destination) error { return s.refusal() }

// GetTemplater refuses each template.
func (s leftOut) GetTemplater(string, template.FuncMap) (Templater, error) { return nil, s.refusal() }

type (
	// AwsSqsNotification is refused.
	AwsSqsNotification struct{ leftOut }
	// GcpPubsubNotification is refused.
	GcpPubsubNotification struct{ leftOut }
	// GitHubNotification is refused.
	GitHubNotification struct{ leftOut }
	// GoogleChatNotification is refused.
	GoogleChatNotification struct{ leftOut }

	// AwsSqsOptions are not read.
	AwsSqsOptions struct{}
	// GcpPubsubOptions are not read.
	GcpPubsubOptions struct{}
	// GitHubOptions are not read.
	GitHubOptions struct{}
	// GoogleChatOptions are not read.
	GoogleChatOptions struct{}
)

// TooManyGitHubCommitStatusesError never comes.
type TooManyGitHubCommitStatusesError struct{ error }

// NewAwsSqsService refuses each notification.
func NewAwsSqsService(AwsSqsOptions) NotificationService { return leftOut{"Amazon SQS"} }

// NewGcpPubsubService refuses each notification.
func NewGcpPubsubService(GcpPubsubOptions) NotificationService { return leftOut{"Google Pub/Sub"} }

// NewGitHubService refuses each notification.
func NewGitHubService(GitHubOptions) (NotificationService, error) { return leftOut{"GitHub"}, nil }

// NewGoogleChatService refuses each notification.
func NewGoogleChatService(GoogleChatOptions) NotificationService { return leftOut{"Google Chat"} }
