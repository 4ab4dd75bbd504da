# Shared by script/deploy and script/destroy: their common options, and checks of the AWS account.
# shellcheck shell=bash

stack=bashoutter
region=
profile=
endpoint=${AWS_ENDPOINT_URL:-}
bucket=

# Sets the variable of a common option; returns 1 for any other option. The caller shifts by two.
common_option() {
    case $1 in
        --stack | --region | --profile | --endpoint-url | --artifacts-bucket) [[ -n ${2:-} ]] || fail "$1 needs a value" ;;&
        --stack) stack=$2 ;;
        --region) region=$2 ;;
        --profile) profile=$2 ;;
        --endpoint-url) endpoint=$2 ;;
        --artifacts-bucket) bucket=$2 ;;
        *) return 1 ;;
    esac
}

common_usage() {
    cat <<END
  --stack NAME         name of the stack (default: bashoutter)
  --region REGION      AWS region (default: AWS_REGION, or the region of the profile)
  --profile PROFILE    profile of the AWS CLI
  --endpoint-url URL   server that emulates AWS, such as moto (default: AWS_ENDPOINT_URL, or AWS itself)
  --artifacts-bucket NAME
                       bucket of the packaged functions (default: bashoutter-artifacts-ACCOUNT-REGION)
END
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Fails unless the AWS CLI is installed, a region is set, and the credentials are valid there.
# Sets `account`, `region` and `bucket`, and exports the variables that configure the AWS CLI.
require_account() {
    local response
    command -v aws >/dev/null || fail "the AWS CLI is missing. Install it:" \
        "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html (or: pip install awscli)"

    [[ $stack =~ ^[A-Za-z][A-Za-z0-9-]{0,39}$ ]] || fail "--stack must be at most 40 letters, digits and hyphens," \
        "starting with a letter; got $stack"
    [[ -z $profile ]] || export AWS_PROFILE=$profile
    [[ -z $endpoint ]] || export AWS_ENDPOINT_URL=$endpoint
    export AWS_PAGER='' AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-3}

    # Without a region in the profile, the command prints nothing and fails.
    response=$(aws configure get region 2>&1) || [[ -z $response ]] || reject_profile "$response"
    region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$response}}}
    [[ -n $region ]] || fail "no region: pass --region, set AWS_REGION, or run 'aws configure'"
    # A region's name starts with the code of an area, such as ap, us, cn or eusc.
    [[ $region =~ ^[a-z]{2,4}(-[a-z]+)+-[0-9]+$ ]] || fail "$region is not a region name such as ap-northeast-1"
    [[ ! $region =~ -iso[a-z]*- ]] || fail "$region is in an isolated partition of AWS, whose endpoints the functions do not know"
    export AWS_REGION=$region AWS_DEFAULT_REGION=$region

    if ! response=$(aws sts get-caller-identity --query Account --output text 2>&1); then
        case $response in
            *'Unable to locate credentials'*)
                fail "no AWS credentials: run 'aws configure', pass --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" ;;
            *'could not be found'*) reject_profile "$response" ;;
            *ExpiredToken* | *'expired'*) fail "the AWS credentials have expired: sign in again" ;;
            *'Could not connect to the endpoint URL'*) unreachable ;;
            *) fail "could not verify the AWS credentials in $region:" "$response" ;;
        esac
    fi
    account=$response
    bucket=${bucket:-bashoutter-artifacts-$account-$region}
}

reject_profile() { # the message of the AWS CLI
    [[ $1 == *'could not be found'* ]] || fail "the AWS CLI cannot read its configuration:" "$1"
    fail "the AWS CLI has no profile ${AWS_PROFILE:-${AWS_DEFAULT_PROFILE:-default}}: see 'aws configure list-profiles'"
}

unreachable() {
    [[ -z $endpoint ]] || fail "could not connect to $endpoint"
    fail "could not connect to AWS in $region: the region does not exist, or this machine has no network"
}

# Prints the stack's status, or nothing if there is no such stack.
stack_status() {
    local response
    if response=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>&1); then
        echo "$response"
        return
    fi
    case $response in
        *'does not exist'*) ;;
        *'Could not connect to the endpoint URL'*) unreachable ;;
        *) fail "could not describe the stack $stack:" "$response" ;;
    esac
}

# Prints the physical id of a resource of the stack, or nothing.
physical_id() { # logical id
    local id
    id=$(aws cloudformation list-stack-resources --stack-name "$stack" --output text \
        --query "StackResourceSummaries[?LogicalResourceId=='$1' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId | [0]")
    [[ $id == None ]] || echo "$id"
}

# Reads the stack's outputs into the associative array `outputs`, which is empty if its creation did not complete, and its
# parameters into `current`.
declare -A outputs=() current=()
read_stack() {
    local response key value
    # A command substitution reports a failure of the AWS CLI, a process substitution would not.
    response=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]')
    while IFS=$'\t' read -r key value; do
        # shellcheck disable=SC2034 # used by the scripts that source this file
        [[ -z $value ]] || outputs[$key]=$value
    done <<<"$response"
    response=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query 'Stacks[0].Parameters[].[ParameterKey, ParameterValue]')
    while IFS=$'\t' read -r key value; do
        # shellcheck disable=SC2034
        [[ -z $key || $key == None ]] || current[$key]=$value
    done <<<"$response"
}

# Whether a table exists.
table_exists() { # name
    local response
    ! response=$(aws dynamodb describe-table --table-name "$1" 2>&1) || return 0
    [[ $response == *ResourceNotFoundException* ]] || fail "could not describe the table $1:" "$response"
    return 1
}

# Whether a bucket exists. Anybody can create a bucket with the predictable name of `bucket`, and could then replace the
# functions' code, so it must belong to this account. All requests to it but create-bucket have --expected-bucket-owner.
bucket_exists() { # name
    local response
    ! response=$(aws s3api head-bucket --bucket "$1" --expected-bucket-owner "$account" 2>&1) || return 0
    case $response in
        *'(404)'* | *'Not Found'* | *NoSuchBucket*) return 1 ;;
        *'(403)'* | *Forbidden* | *AccessDenied*)
            fail "the bucket $1 belongs to another account, or these credentials may not access it (s3:ListBucket)." \
                "$([[ $1 != "$bucket" ]] || echo "To use another bucket, pass --artifacts-bucket")" ;;
        *) fail "could not examine the bucket $1:" "$response" ;;
    esac
}
